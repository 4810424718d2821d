# mypy: allow-subclassing-any, allow-untyped-decorators
"""The second API, on Django REST Framework: its authentication never had the defect of the first."""

from typing import Any

from django import forms
from django.conf import settings
from rest_framework.decorators import action
from rest_framework.filters import BaseFilterBackend
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import HyperlinkedModelSerializer, ValidationError
from rest_framework.viewsets import ModelViewSet

from .links import FIELDS, complaints
from .models import OS, Release, ReleaseFile

VERSIONS = Release._meta.get_field("version").choices


class StaffWrites(BasePermission):
    """Everybody reads, staff write."""

    def has_permission(self, request: Request, view: object) -> bool:
        """Whether the caller may do this at all."""
        return bool(request.method in SAFE_METHODS or request.user.is_staff)


class FormFilter(BaseFilterBackend):
    """Narrows a list by the fields of the view's form. A field that is left blank does not narrow."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The rows that the query asks for; refuses with 400 a value that makes no sense."""
        form = view.filter_form(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors)
        return queryset.filter(**{name: value for name, value in form.cleaned_data.items() if value not in (None, "")})


class NameFilter(forms.Form):
    name = forms.CharField(required=False)
    slug = forms.CharField(required=False)


class ReleaseFilter(NameFilter):
    is_published = forms.NullBooleanField()
    pre_release = forms.NullBooleanField()
    version = forms.TypedChoiceField(choices=VERSIONS, coerce=int, empty_value=None, required=False)
    release_date = forms.DateTimeField(required=False)


class FileFilter(NameFilter):
    description__contains = forms.CharField(required=False)
    os = forms.ModelChoiceField(OS.objects.all(), required=False)
    release = forms.ModelChoiceField(Release.objects.all(), required=False)


class OSSerializer(HyperlinkedModelSerializer):
    class Meta:
        model = OS
        fields = ("name", "slug", "resource_uri")


class ReleaseSerializer(HyperlinkedModelSerializer):
    class Meta:
        model = Release
        fields = (
            "name",
            "slug",
            "version",
            "is_latest",
            "is_published",
            "pre_release",
            "show_on_download_page",
            "release_date",
            "release_notes_url",
            "resource_uri",
        )


class ReleaseFileSerializer(HyperlinkedModelSerializer):
    class Meta:
        model = ReleaseFile
        fields = (
            "name",
            "slug",
            "os",
            "release",
            "description",
            "is_source",
            *FIELDS,
            "md5_sum",
            "sha256_sum",
            "filesize",
            "download_button",
            "resource_uri",
        )
        extra_kwargs = {  # noqa: RUF012
            "resource_uri": {"view_name": "releasefile-detail"},
            "os": {"view_name": "os-detail"},
            "release": {"view_name": "release-detail"},
        }

    def validate(self, attrs: dict[str, object]) -> dict[str, object]:
        """The values, if the URL rule has nothing against them."""
        before = {name: getattr(self.instance, name, "") for name in FIELDS}
        found = complaints({**before, **attrs}, before) if "url-validation" in settings.LAB_FIXES else {}
        if found:
            raise ValidationError(found)
        return attrs


class View(ModelViewSet):
    """What the views share."""

    permission_classes = (StaffWrites,)
    filter_backends = (FormFilter,)


class OSView(View):
    queryset = OS.objects.all()
    serializer_class = OSSerializer
    filter_form = NameFilter


class ReleaseView(View):
    queryset = Release.objects.all()
    serializer_class = ReleaseSerializer
    filter_form = ReleaseFilter

    def get_queryset(self) -> Any:
        """Every release for staff, published ones for others."""
        releases = super().get_queryset()
        return releases if self.request.user.is_staff else releases.filter(is_published=True)


class ReleaseFileView(View):
    queryset = ReleaseFile.objects.all()
    serializer_class = ReleaseFileSerializer
    filter_form = FileFilter

    @action(detail=False, methods=["delete"])
    def delete_by_release(self, request: Request) -> Response:
        """Delete the files of a release."""
        release = request.query_params.get("release")
        if "bulk" not in settings.LAB_FIXES:
            if release is None:
                return Response(status=400)
            # The filter takes a blank value for none, and then nothing narrows what is deleted.
            self.filter_queryset(self.get_queryset()).delete()
        elif release is None or not release.isdecimal():
            return Response(status=400)
        else:
            ReleaseFile.objects.filter(release_id=int(release)).delete()
        return Response(status=204)


router = DefaultRouter()
router.register("downloads/os", OSView, basename="os")
router.register("downloads/release", ReleaseView, basename="release")
router.register("downloads/release_file", ReleaseFileView, basename="releasefile")
