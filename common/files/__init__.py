"""Files that members share: told by content, checked, kept, read and handed out.

`file_types` says what is taken, `storage` takes an upload in, `reading` finds its words and makes pictures of its pages,
`serving` hands it out. Knows no app: who may is asked by the view before.
"""
