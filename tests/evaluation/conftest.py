"""A tiny trained checkpoint, and held-out documents in six languages that it did not see."""

import hashlib
from pathlib import Path

import polars as pl
import pytest

from lugha.training.checkpoint import Checkpoint
from lugha.training.plan import TrainSettings
from lugha.training.tokenizer import train_tokenizer
from lugha.training.train import train

HELD_OUT = {
    "yor_Latn": "Àwọn àgbẹ̀ ti kó iṣu wọn wálé lánàá. Ojú ọ̀nà kò dára, ṣùgbọ́n wọ́n rìn títí alẹ́! Ṣé ẹ ti jẹun?\n\n"
    "Ní ọjọ́ Ẹtì, a ó lọ sí ìpàdé ẹgbẹ́ ní ilé ìwé. Gbogbo òbí ni wọ́n pè. Ẹni tí ó bá pẹ́ yóò san owó ìtanràn díẹ̀.",
    "amh_Ethi": "ገበሬዎቹ ትናንት እህላቸውን ወደ ቤት አስገቡ። መንገዱ ጥሩ ባይሆንም እስከ ማታ ተጓዙ፡፡ በልታችኋል?\n"
    "ዓርብ ቀን በትምህርት ቤቱ ስብሰባ ይኖራል። ሁሉም ወላጆች ተጠርተዋል። የዘገየ ሰው ትንሽ ቅጣት ይከፍላል።",
    "urd_Arab": "کسان کل اپنا اناج گھر لے آئے۔ راستہ اچھا نہیں تھا مگر وہ رات تک چلتے رہے۔ کیا آپ نے کھانا کھا لیا؟\n\n"
    "جمعے کو اسکول میں اجلاس ہو گا۔ سب والدین بلائے گئے ہیں۔ جو دیر سے آئے گا وہ تھوڑا جرمانہ دے گا۔",
    "mya_Mymr": "လယ်သမားတွေဟာ မနေ့က စပါးတွေကို အိမ်ကို သယ်လာကြတယ်။ လမ်းမကောင်းပေမယ့် ညနေအထိ လျှောက်ခဲ့ကြတယ်။\n"
    "သောကြာနေ့မှာ ကျောင်းမှာ အစည်းအဝေးရှိမယ်။ မိဘအားလုံးကို ဖိတ်ထားတယ်။ သင်္ဘောဆိပ်ကို နောက်ကျမှ ရောက်မယ်။",
    "tha_Thai": "เมื่อวานชาวนาขนข้าวกลับบ้าน ถนนไม่ค่อยดีแต่ก็เดินกันจนค่ำ กินข้าวกันหรือยัง\n\n"
    "วันศุกร์จะมีประชุมที่โรงเรียน ผู้ปกครองทุกคนได้รับเชิญ ใครมาสายต้องเสียค่าปรับเล็กน้อย น้ำท่วมทำให้ต้องเลื่อน",
    "tur_Latn": "Çiftçiler dün ürünlerini eve taşıdı. Yol iyi değildi ama akşama kadar yürüdüler! Yemek yediniz mi?\n\n"
    "Cuma günü okulda toplantı var. Bütün veliler çağrıldı. Geç kalan 3.5 lira ceza öder, İğdır'dan gelenler hariç.",
}


@pytest.fixture(scope="session")
def held_out() -> pl.DataFrame:
    """One document of two paragraphs in each of six languages."""
    return pl.DataFrame(
        [
            {"doc_id": hashlib.sha256(language.encode()).digest()[:16], "language": language, "text": text}
            for language, text in HELD_OUT.items()
        ]
    )


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory, held_out: pl.DataFrame) -> Checkpoint:
    """A model of one layer with a context of 24 tokens, trained for a moment on the same languages."""
    texts = {language: [text[::-1]] for language, text in HELD_OUT.items()}
    documents = held_out.with_columns(text=pl.col("text").str.reverse(), repeat_count=pl.lit(1))
    settings = TrainSettings(dim=32, layer_count=1, head_count=2, seq_len=24, batch_size=8, step_count=25)
    folder: Path = tmp_path_factory.mktemp("run")
    return train(documents, train_tokenizer(texts, 400, 10_000), settings, folder, None, {}, lambda _: None)
