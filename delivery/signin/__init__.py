"""Sign-in of staff: passwords, the signed cookie, forms that cannot be forged, and who may see what."""

from delivery.signin.forms import CheckedForm, form_token
from delivery.signin.pages import StaffRoute, staff_page
from delivery.signin.passwords import hash_password
from delivery.signin.routes import router
from delivery.signin.staff import SchoolStaff, current_staff, require, school_staff

__all__ = [
    "CheckedForm",
    "SchoolStaff",
    "StaffRoute",
    "current_staff",
    "form_token",
    "hash_password",
    "require",
    "router",
    "school_staff",
    "staff_page",
]
