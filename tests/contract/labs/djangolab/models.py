# mypy: allow-subclassing-any
"""The three tables, with the constraints of the real ones."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.text import slugify

from .links import FIELDS, TOLERATED


class Named(models.Model):
    """Something with a name, and a short one for addresses."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)

    class Meta:
        abstract = True

    def save(self, **options: object) -> None:
        """Write the row; a missing slug is made from the name."""
        self.slug = self.slug or slugify(self.name)
        super().save(**options)


class OS(Named):
    """An operating system."""

    class Meta:
        db_table = "os"
        ordering = ("id",)


class Release(Named):
    """A version of Python, shown to everybody once it is published."""

    version = models.IntegerField(default=3, choices=[(1, "1"), (2, "2"), (3, "3"), (100, "Install manager")])
    is_latest = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    pre_release = models.BooleanField(default=False)
    show_on_download_page = models.BooleanField(default=True)
    release_date = models.DateTimeField(default=timezone.now)
    release_notes_url = models.URLField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "release"
        ordering = ("id",)

    def save(self, **options: object) -> None:
        """Write the row; of each version, one release at most is the latest."""
        super().save(**options)
        if self.is_latest:
            Release.objects.filter(version=self.version).exclude(pk=self.pk).update(is_latest=False)


class ReleaseFile(Named):
    """A file that can be downloaded, with the URLs of its sidecars."""

    os = models.ForeignKey(OS, models.CASCADE)
    release = models.ForeignKey(Release, models.CASCADE)
    description = models.TextField(blank=True, default="")
    is_source = models.BooleanField(default=False)
    url = models.URLField(max_length=200, unique=True)
    gpg_signature_file = models.URLField(max_length=200, blank=True, default="")
    sigstore_signature_file = models.URLField(max_length=200, blank=True, default="")
    sigstore_cert_file = models.URLField(max_length=200, blank=True, default="")
    sigstore_bundle_file = models.URLField(max_length=200, blank=True, default="")
    sbom_spdx2_file = models.URLField(max_length=200, blank=True, default="")
    md5_sum = models.CharField(max_length=200, blank=True, default="")
    sha256_sum = models.CharField(max_length=200, blank=True, default="")
    filesize = models.IntegerField(default=0)
    download_button = models.BooleanField(default=False)

    class Meta:
        db_table = "release_file"
        ordering = ("id",)
        constraints = (
            UniqueConstraint(fields=["os", "release"], condition=Q(download_button=True), name="one_button"),
            *(
                CheckConstraint(
                    condition=Q(**{name: ""})
                    | Q(*((f"{name}__startswith", start) for start in TOLERATED), _connector="OR"),
                    name=f"{name}_leads_home",
                )
                for name in (FIELDS if "urls" in settings.LAB_FIXES else ())
            ),
        )
