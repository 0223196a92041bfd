"""What assets need from outside: the lake, the web, models and the trainer. Settings come from the environment, so
that no code changes between places.
"""

from lugha.settings import home
from resources.lake import LakeResource
from resources.models import ModelsResource
from resources.teacher import TeacherResource
from resources.trainer import TrainerResource
from resources.web import WebResource

__all__ = ["LakeResource", "ModelsResource", "TeacherResource", "TrainerResource", "WebResource", "home"]
