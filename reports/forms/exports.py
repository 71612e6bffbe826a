"""Asking for a long list."""

from django import forms

from pledges.forms.fields import FormRef


class ExportForm(forms.Form):
    """Only the form's own ref: a double click finds the first export."""

    ref = FormRef()
