"""The models that the engine's tests use; installed by the test settings only."""

from django.apps import AppConfig


class EngineTestsConfig(AppConfig):
    """Has no migrations: the test database makes its collections from the models."""

    name = "streamsite.mongo.engine.tests"
    label = "engine_tests"
    default_auto_field = "django.db.models.BigAutoField"
