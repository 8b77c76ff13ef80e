from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from seguripago.foundations.stores.models import Store

ROLES = ["analyst", "payments", "supervisor", "owner"]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who works at a store. Signs in with the e-mail."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    analyst_number = models.CharField(max_length=12, unique=True)
    is_active = models.BooleanField(default=True)
    failed_tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        db_table = "person"
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_once")]

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """The role of a person at one store."""

    user = models.OneToOneField(User, models.PROTECT, related_name="membership")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    role = models.CharField(max_length=12)

    class Meta:
        db_table = "membership"
        constraints = [models.CheckConstraint(condition=Q(role__in=ROLES), name="membership_role_known")]
