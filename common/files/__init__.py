"""Files that members share: type detection by content, checks, storage, text extraction and download.

`file_types` lists the accepted types, `storage` saves an upload, `reading` extracts text and renders pages,
`serving` sends it. Knows no app: the view has checked permission before.
"""
