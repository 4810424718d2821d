# mypy: allow-subclassing-any
"""The first API, on django-tastypie."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from tastypie import fields
from tastypie.api import Api
from tastypie.authorization import Authorization
from tastypie.constants import ALL_WITH_RELATIONS
from tastypie.exceptions import BadRequest, Unauthorized
from tastypie.resources import ModelResource
from tastypie.validation import Validation

from .keys import authentication
from .links import FIELDS, complaints
from .models import OS, Release, ReleaseFile

BOUNDED = "v1-boundaries" in settings.LAB_FIXES
EVERY_METHOD = ("get", "post", "put", "delete", "patch")
LIST_METHODS = ("get", "post") if BOUNDED else EVERY_METHOD
DETAIL_METHODS = ("get", "delete") if BOUNDED else EVERY_METHOD


class StaffWrites(Authorization):
    """Everybody reads, staff write."""

    def create_list(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(object_list, bundle)

    def create_detail(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(True, bundle)

    def update_list(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(object_list, bundle)

    def update_detail(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(True, bundle)

    def delete_list(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(object_list, bundle)

    def delete_detail(self, object_list: Any, bundle: Any) -> Any:
        return _for_staff(True, bundle)


class StaffSeeAll(StaffWrites):
    """What is not published is for staff."""

    def read_list(self, object_list: Any, bundle: Any) -> Any:
        return object_list if bundle.request.user.is_staff else object_list.filter(is_published=True)

    def read_detail(self, object_list: Any, bundle: Any) -> bool:
        return bool(bundle.request.user.is_staff or bundle.obj.is_published)


class FileLinks(Validation):
    """The URL rule, which tastypie asks before it asks whether the caller may write."""

    def is_valid(self, bundle: Any, request: HttpRequest | None = None) -> dict[str, list[str]]:
        """Complaints by field; empty when all is well."""
        before = ReleaseFile.objects.filter(pk=bundle.obj.pk).values().first() or {}
        return complaints({name: getattr(bundle.obj, name) for name in FIELDS}, before)


class Common:
    """What the resources share."""

    authentication = authentication()
    authorization = StaffWrites()
    list_allowed_methods = LIST_METHODS
    detail_allowed_methods = DETAIL_METHODS


class OSResource(ModelResource):
    class Meta(Common):
        queryset = OS.objects.all()
        resource_name = "downloads/os"
        fields = ("name", "slug")
        filtering = {"name": ("exact",), "slug": ("exact",)}  # noqa: RUF012


class ReleaseResource(ModelResource):
    class Meta(Common):
        queryset = Release.objects.all()
        resource_name = "downloads/release"
        authorization = StaffSeeAll()
        excludes = ("id",)
        filtering = {  # noqa: RUF012
            "name": ("exact",),
            "slug": ("exact",),
            "is_published": ("exact",),
            "pre_release": ("exact",),
            "version": ("exact", "startswith"),
        }


class ReleaseFileResource(ModelResource):
    os = fields.ToOneField(OSResource, "os")
    release = fields.ToOneField(ReleaseResource, "release")

    class Meta(Common):
        queryset = ReleaseFile.objects.all()
        resource_name = "downloads/release_file"
        list_allowed_methods = (*LIST_METHODS, "delete") if BOUNDED else LIST_METHODS
        validation = FileLinks() if "url-validation" in settings.LAB_FIXES else Validation()
        excludes = ("id",)
        filtering = {  # noqa: RUF012
            "name": ("exact",),
            "slug": ("exact",),
            "description": ("contains",),
            "os": ALL_WITH_RELATIONS,
            "release": ALL_WITH_RELATIONS,
        }

    def delete_list(self, request: HttpRequest, **more: object) -> HttpResponse:
        """Delete what the query asks for, which within the boundaries is the files of one release."""
        if BOUNDED and not _names_one_release(request):
            raise BadRequest("Exactly one query parameter is taken, the number of a release.")
        return super().delete_list(request, **more)


def _for_staff(answer: object, bundle: Any) -> object:
    if not bundle.request.user.is_staff:
        raise Unauthorized("Only staff may do this.")
    return answer


def _names_one_release(request: HttpRequest) -> bool:
    values = request.GET.getlist("release")
    return len(request.GET) == len(values) == 1 and values[0].isdecimal()


api = Api(api_name="v1")
for resource in (OSResource, ReleaseResource, ReleaseFileResource):
    api.register(resource())
