"""Validation of files and their metadata. File contents are checked when they are stored: common.files.storage."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.files.file_types import KINDS
from common.forms import FilesInput, UploadsField
from knowledge.models import Material, MaterialUse, MaterialVersion, Post
from members.models import Language

ACCEPT = ",".join(f".{ending}" for kind in KINDS.values() for ending in kind.endings)


class AddFilesForm(forms.Form):
    """Files to add to a post, and their metadata. The title is for a single file; several are titled by their file names."""

    uploads = UploadsField(label=_("Files"), widget=FilesInput(attrs={"accept": ACCEPT}))
    title = forms.CharField(
        label=_("Title"), max_length=160, required=False, help_text=_("Without one it is called as the file is.")
    )
    language = forms.ModelChoiceField(label=_("Language"), queryset=Language.objects.all(), empty_label=None)
    licence = forms.ChoiceField(label=_("Licence"), choices=Material.Licence.choices)
    translation_of = forms.ModelChoiceField(
        label=_("Translation of"), queryset=Material.objects.none(), required=False, empty_label=_("of none")
    )
    is_one = forms.BooleanField(
        label=_("They are one material in several languages"),
        required=False,
        help_text=_("Afterwards say of each in which language it is."),
    )

    def __init__(self, *args: Any, post: Post, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Material.objects.filter(post=post, removed_at=None, translation_of=None)
        self.fields["translation_of"].queryset = here  # type: ignore[attr-defined]  # a field of choices


class MaterialForm(forms.ModelForm[Material]):
    """A material's metadata."""

    class Meta:
        model = Material
        fields = ("title", "language", "licence", "translation_of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Material.objects.filter(post=self.instance.post_id, removed_at=None, translation_of=None)
        field: Any = self.fields["translation_of"]
        field.queryset = here.exclude(pk=self.instance.pk)
        field.empty_label = _("of none")


class VersionForm(forms.Form):
    """The next version of a material."""

    uploads = UploadsField(label=_("File"), widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}))
    note = forms.CharField(
        label=_("What is new"),
        max_length=300,
        required=False,
        help_text=_("In a sentence, for those who use the old one."),
    )
    newest_seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class WhyForm(forms.Form):
    """A reason shown to readers."""

    reason = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Readers see it.")
    )


class UseForm(forms.Form):
    """A version that a training uses."""

    version = forms.ModelChoiceField(
        label=_("Material"), queryset=MaterialVersion.objects.none(), widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]  # a field of choices


class OutcomeForm(forms.ModelForm[MaterialUse]):
    """How a material went in a training."""

    class Meta:
        model = MaterialUse
        fields = ("outcome", "words")
