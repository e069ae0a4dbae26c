"""Framework packs: what ministries and donors ask for, as a PDF and as a workbook, with what each number means."""
