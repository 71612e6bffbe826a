"""Addresses of accounts, people and organisations."""

from django.urls import path

from cadres.views import (
    accounts,
    bodies,
    delegations,
    members,
    notices,
    outbox,
    own_account,
    roles,
    roster,
    seats,
    slips,
)

app_name = "cadres"
urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign_in"),
    path("sign-in/demo/", accounts.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", accounts.sign_out, name="sign_out"),
    path("password/", accounts.set_password, name="set_password"),
    path("account/", own_account.own_account, name="own_account"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.read_all, name="notice_read_all"),
    path("notices/<int:pk>/open/", notices.open_notice, name="notice_open"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<uuid:message_id>/", outbox.letter, name="letter"),
    path("outbox/<uuid:message_id>/page/", outbox.letter_page, name="letter_page"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("roles/", roles.offers, name="role_offers"),
    path("roles/confirm/", roles.confirm, name="role_confirm"),
    path("offices/<int:pk>/end/", roles.end_office, name="office_end"),
    path("slips/", slips.slip_list, name="slip_list"),
    path("slips/issue/", slips.issue, name="slip_issue"),
    path("bodies/", bodies.body_list, name="body_list"),
    path("bodies/<str:unit>/usual/", bodies.make_usual, name="body_make_usual"),
    path("bodies/<str:unit>/<str:kind>/", bodies.body_form, name="body_form"),
    path("bodies/<str:unit>/<str:kind>/seats/", seats.seats, name="body_seats"),
    path("bodies/<str:unit>/<str:kind>/seats/take/", seats.take, name="seat_take"),
    path("bodies/<str:unit>/<str:kind>/seats/<int:pk>/end/", seats.end, name="seat_end"),
    path("delegations/", delegations.delegation_list, name="delegation_list"),
    path("delegations/<int:pk>/end/", delegations.delegation_end, name="delegation_end"),
    path("delegations/<str:code>/", delegations.delegation, name="delegation"),
    path("search/", members.search, name="search"),
    path("rosters/", roster.import_list, name="roster_list"),
    path("rosters/new/", roster.upload, name="roster_upload"),
    path("rosters/<int:pk>/", roster.detail, name="roster_detail"),
    path("rosters/<int:pk>/progress/", roster.progress, name="roster_progress"),
    path("rosters/<int:pk>/confirm/", roster.confirm, name="roster_confirm"),
    path("rosters/<int:pk>/refused/", roster.refused_file, name="roster_refused"),
]
