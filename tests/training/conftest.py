"""Sentences in six languages, and runs small enough to repeat: one layer of width 32 on a few hundred tokens."""

import hashlib

import polars as pl
import pytest

from lugha.training.plan import TrainSettings
from lugha.training.tokenizer import train_tokenizer

SENTENCES = {
    "yor_Latn": [
        "Ọjà Ọjọ́rú kún fún ènìyàn ní òwúrọ̀ yìí, nítorí pé òjò kò rọ̀.",
        "Ìyá àgbà sọ ìtàn ìjàpá fún àwọn ọmọdé lábẹ́ igi ọ̀pẹ.",
        "Ẹ jọ̀wọ́, ẹ pa ilẹ̀kùn dé kí ẹran má bàa wọlé.",
    ],
    "amh_Ethi": [
        "ዛሬ ጠዋት ገበያው በሰው ተሞልቶ ነበር፤ ዝናብ ስላልዘነበ ሁሉም ወጣ።",
        "አያቴ ከዛፉ ሥር ለልጆች የቀበሮን ተረት ትነግራቸዋለች።",
        "እባክህ በሩን ዝጋው፣ ከብቶቹ እንዳይገቡ።",
    ],
    "urd_Arab": [
        "آج صبح بازار لوگوں سے بھرا ہوا تھا کیونکہ بارش نہیں ہوئی۔",
        "دادی اماں نیم کے نیچے بچوں کو کچھوے کی کہانی سناتی ہیں۔",
        "مہربانی کر کے دروازہ بند کر دو تاکہ بکریاں اندر نہ آئیں۔",
    ],
    "mya_Mymr": [
        "မိုးမရွာတဲ့အတွက် ဒီမနက် ဈေးထဲမှာ လူတွေ ပြည့်နေတယ်။",
        "အဘွားက သစ်ပင်အောက်မှာ ကလေးတွေကို လိပ်ပုံပြင် ပြောပြတယ်။",
        "နွားတွေ မဝင်အောင် တံခါးပိတ်ပေးပါ။",
    ],
    "tha_Thai": [
        "เช้านี้ตลาดมีคนแน่นเพราะฝนไม่ตก",
        "คุณยายเล่านิทานเรื่องเต่าให้เด็ก ๆ ฟังใต้ต้นมะขาม",
        "ช่วยปิดประตูด้วยนะ เดี๋ยววัวจะเข้ามา",
    ],
    "tur_Latn": [
        "Bu sabah pazar çok kalabalıktı, çünkü yağmur yağmadı.",
        "Ninem ağacın altında çocuklara kaplumbağanın masalını anlatıyor.",
        "Lütfen kapıyı kapat da keçiler içeri girmesin.",
    ],
}


@pytest.fixture(scope="session")
def texts() -> dict[str, list[str]]:
    """Three sentences in each of six languages."""
    return SENTENCES


@pytest.fixture(scope="session")
def documents() -> pl.DataFrame:
    """The sentences as documents of a mixture; Yoruba is read twice."""
    return pl.DataFrame(
        [
            {
                "doc_id": hashlib.sha256(f"{language} {number}".encode()).digest()[:16],
                "language": language,
                "text": " ".join([text] * 4),
                "repeat_count": 2 if language == "yor_Latn" else 1,
            }
            for language, sentences in SENTENCES.items()
            for number, text in enumerate(sentences)
        ],
        schema_overrides={"repeat_count": pl.Int32},
    )


@pytest.fixture(scope="session")
def tokenizer_json(texts: dict[str, list[str]]) -> str:
    """A tokenizer of 320 tokens."""
    return train_tokenizer(texts, vocab_size=320, bytes_per_language=10_000)


@pytest.fixture
def tiny() -> TrainSettings:
    """Twelve steps of four windows of 24 tokens, saved every five."""
    return TrainSettings(dim=32, layer_count=1, head_count=2, seq_len=24, batch_size=4, step_count=12, save_every=5)
