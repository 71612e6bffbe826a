"""Addresses of registration and approval."""

from django.urls import path

from pledges.views import campaigns, cells, committees, dockets, imports, pledges, register, results

app_name = "pledges"
urlpatterns = [
    path("mine/", pledges.mine, name="mine"),
    path("pledges/<uuid:ref>/", pledges.detail, name="detail"),
    path("pledges/<uuid:ref>/withdraw/", pledges.withdraw, name="withdraw"),
    path("pledges/<uuid:ref>/return/", pledges.return_at_desk, name="return"),
    path("pledges/<uuid:ref>/feature/", results.feature, name="feature"),
    path("members/<str:code>/", pledges.member, name="member"),
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/<str:campaign>/", campaigns.detail, name="campaign"),
    path("campaigns/<str:campaign>/register/<str:member>/", register.short_form, name="register"),
    path("campaigns/<str:campaign>/register/<str:member>/full/", register.full_form, name="register_full"),
    path("pledges/<uuid:ref>/edit/", register.edit, name="edit"),
    path("campaigns/<str:campaign>/cells/<str:unit>/", cells.cell_list, name="cell"),
    path("campaigns/<str:campaign>/cells/<str:unit>/print/", cells.print_list, name="cell_print"),
    path("campaigns/<str:campaign>/cells/<str:unit>/meeting/", cells.meeting, name="cell_meeting"),
    path("campaigns/<str:campaign>/cells/<str:unit>/send/", cells.send, name="cell_send"),
    path("campaigns/<str:campaign>/committees/<str:unit>/", committees.sent_lists, name="committee"),
    path("campaigns/<str:campaign>/committees/<str:unit>/endorse/", committees.endorse, name="endorse"),
    path("campaigns/<str:campaign>/committees/<str:unit>/send/", committees.send, name="send_up"),
    path("dockets/", dockets.docket_list, name="docket_list"),
    path("dockets/new/", dockets.build, name="docket_build"),
    path("dockets/<uuid:ref>/", dockets.detail, name="docket"),
    path("dockets/<uuid:ref>/conclude/", dockets.conclude, name="docket_conclude"),
    path("dockets/<uuid:ref>/issue/", dockets.issue, name="docket_issue"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.upload, name="import_upload"),
    path("imports/<int:pk>/", imports.detail, name="import_detail"),
    path("imports/<int:pk>/progress/", imports.progress, name="import_progress"),
    path("imports/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("imports/<int:pk>/refused/", imports.refused_file, name="import_refused"),
]
