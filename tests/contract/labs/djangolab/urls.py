"""The addresses of both APIs."""

from django.urls import include, path

from .api_v1 import api
from .api_v2 import router

urlpatterns = [path("api/", include(api.urls)), path("api/v2/", include(router.urls))]
