"""What a new database holds: four systems, eight releases of which three are not published, and their files."""

from collections.abc import Iterator

from harness.demo.resources import OS, RELEASE, RELEASE_FILE, Row
from harness.demo.store import Store
from harness.demo.urls import RELEASE_HOST

SYSTEMS = (("Windows", "windows"), ("macOS", "macos"), ("Source release", "source"), ("Android", "android"))
PUBLISHED = ("3.14.0", "3.13.9", "3.13.8", "3.12.12", "2.7.18")
UNPUBLISHED = ("3.15.0", "3.14.1", "3.13.10")
FILE_NAMES = {"windows": "-amd64.exe", "macos": "-macos11.pkg", "source": ".tar.xz"}


def fill(store: Store) -> None:
    """Make the tables and the rows of an empty database, in one step."""
    with store.transaction():
        store.define()
        systems = {slug: store.insert(OS, {"name": name, "slug": slug}) for name, slug in SYSTEMS}
        for version in (*PUBLISHED, *UNPUBLISHED):
            release = store.insert(RELEASE, _release(version))
            for file in _files(version, systems, release):
                store.insert(RELEASE_FILE, file)


def _release(version: str) -> Row:
    return {
        "name": f"Python {version}",
        "slug": f"python-{version.replace('.', '')}",
        "version": int(version[0]),
        "is_latest": int(version == PUBLISHED[0]),
        "is_published": int(version in PUBLISHED),
        "pre_release": int(version == UNPUBLISHED[0]),
        "show_on_download_page": 1,
        "release_date": "2026-02-03T12:00:00",
        "release_notes_url": f"https://docs.python.org/release/{version}/whatsnew/changelog.html",
    }


def _files(version: str, systems: dict[str, int], release: int) -> Iterator[Row]:
    for system, ending in FILE_NAMES.items():
        url = f"{RELEASE_HOST}ftp/python/{version}/python-{version}{ending}"
        yield {
            "name": f"Python {version} for {system}",
            "slug": f"{version.replace('.', '')}-{system}",
            "os_id": systems[system],
            "release_id": release,
            "description": "",
            "is_source": int(system == "source"),
            "url": url,
            "gpg_signature_file": f"{url}.asc",
            "sigstore_signature_file": "",
            "sigstore_cert_file": "",
            "sigstore_bundle_file": f"{url}.sigstore",
            "sbom_spdx2_file": f"{url}.spdx.json",
            "md5_sum": "",
            "sha256_sum": "0" * 64,
            "filesize": 25_000_000,
            "download_button": int(system == "windows"),
        }
