"""A NUL somewhere in what was sent is found wherever it stands, also in the first of two files of one name."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from seguripago.web.refusals import carries_nul


@pytest.mark.parametrize(("names", "expected"), [(("a.pdf", "b.pdf"), False), (("a\x00.pdf", "b.pdf"), True)])
def test_the_name_of_every_file_is_looked_at(names: tuple[str, ...], expected: bool) -> None:
    request = RequestFactory().post("/", {"said": "hola"})
    files = [SimpleUploadedFile("x.pdf", b"%PDF") for _ in names]
    for file, name in zip(files, names, strict=True):
        file.name = name
    request.FILES.setlist("file", files)
    assert carries_nul(request) is expected
