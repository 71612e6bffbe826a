"""Addresses of the site."""

from django.urls import include, path

from config import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("language/", views.language, name="set_language"),
    path("", include("cadres.urls")),
    path("", include("pledges.urls")),
    path("", include("reports.urls")),
]
