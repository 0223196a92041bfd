"""The compiled part of language identification: one pass over the bytes of many documents that cuts lines and words,
and the n-gram sums and probabilities of a fastText model for every line.

Calling fastText for every line costs more than its arithmetic does, and a word that occurs a thousand times is summed
a thousand times. Here words are summed once and remembered, and lines share one buffer. The numbers are fastText's own
(Dictionary::computeSubwords and ::hash, Model::predict at 1142dc4); tests/identification/test_identifier.py holds both
against each other. Import it inside functions: numba takes half a second.
"""

import numpy as np
from numba import njit

from lugha.identification.letters import COMMON_LETTER, DIGIT, FIRST_SCRIPT, MARK, NOISE, WHITE

SLOTS = 4  # scripts of a line that are told apart
CHARACTERS, WRITTEN, LETTERS, SCRIPT_LETTERS, DIGITS, NOISES = range(6)  # columns of `counts`
COUNTS = 6
_REMEMBERED = 1 << 15  # words whose sum is kept: 2.6 MB at dim 20
_LONGEST_REMEMBERED = 48  # bytes; longer ones are runs of unspaced scripts that do not come back
_NEGLIGIBLE = 20.0  # e^-20: a label so far below the best adds nothing to the sum of a softmax
_OPEN, _CLOSE, _LINE_FEED = 0x3C, 0x3E, 0x0A


@njit(cache=True, nogil=True)
def scan(data, kinds, lower, document_of_line, words, word_ends, counts, slot_scripts, slot_counts, script_counts):  # type: ignore[no-untyped-def]
    """Read lines of UTF-8 `data` into `counts` and slots (a row a line), `script_counts` (a row a document) and
    `words`: every word in lower case between "<" and ">", those of line n ending at `word_ends[n]`.
    """
    place = line = written = 0
    in_word = may_be_mojibake = False
    size = data.size
    while place < size:
        point, width = _decoded(data, place)
        place += width
        kind = kinds[point]
        if kind < MARK:
            if in_word:
                words[written] = _CLOSE
                written += 1
                in_word = False
            if point == _LINE_FEED:
                word_ends[line] = written
                line += 1
                may_be_mojibake = False
                continue
            if kind == WHITE:
                may_be_mojibake = False
                continue
            counts[line, DIGITS] += kind == DIGIT
            counts[line, NOISES] += kind == NOISE
        else:
            if not in_word:
                words[written] = _OPEN
                written += 1
                in_word = True
            written = _write(words, written, lower[point])
            counts[line, WRITTEN] += 1
            counts[line, LETTERS] += kind >= COMMON_LETTER
            if kind >= FIRST_SCRIPT:
                script = kind - FIRST_SCRIPT
                counts[line, SCRIPT_LETTERS] += 1
                script_counts[document_of_line[line], script] += 1
                _count_in_slot(slot_scripts[line], slot_counts[line], script)
        counts[line, CHARACTERS] += 1
        # UTF-8 that was read as Latin-1 shows as a letter of C2..F4 before a sign of 80..BF.
        if may_be_mojibake and 0x80 <= point < 0xC0:
            counts[line, NOISES] += 2
        may_be_mojibake = 0xC2 <= point <= 0xF4
    if in_word:
        words[written] = _CLOSE
        written += 1
    word_ends[line] = written


@njit(cache=True, nogil=True)
def _decoded(data, place):  # type: ignore[no-untyped-def]
    """The code point that starts here and its bytes; the data is valid UTF-8."""
    first = np.int64(data[place])
    if first < 0x80:
        return first, 1
    point = data[place + 1] & 0x3F
    if first < 0xE0:
        return ((first & 0x1F) << 6) | point, 2
    point = (np.int64(point) << 6) | (data[place + 2] & 0x3F)
    if first < 0xF0:
        return ((first & 0x0F) << 12) | point, 3
    return ((first & 0x07) << 18) | (point << 6) | (data[place + 3] & 0x3F), 4


@njit(cache=True, nogil=True)
def _write(out, place, point):  # type: ignore[no-untyped-def]
    if point < 0x80:
        out[place] = point
        return place + 1
    if point < 0x800:
        out[place], out[place + 1] = 0xC0 | (point >> 6), 0x80 | (point & 0x3F)
        return place + 2
    if point < 0x10000:
        out[place], out[place + 1] = 0xE0 | (point >> 12), 0x80 | ((point >> 6) & 0x3F)
        out[place + 2] = 0x80 | (point & 0x3F)
        return place + 3
    out[place], out[place + 1] = 0xF0 | (point >> 18), 0x80 | ((point >> 12) & 0x3F)
    out[place + 2], out[place + 3] = 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)
    return place + 4


@njit(cache=True, nogil=True)
def _count_in_slot(scripts, counts, script):  # type: ignore[no-untyped-def]
    for slot in range(SLOTS):
        if counts[slot] == 0:
            scripts[slot] = script
        if scripts[slot] == script:
            counts[slot] += 1
            return


@njit(cache=True, nogil=True)
def sums(words, word_ends, matrix, shortest, longest, hidden, gram_counts):  # type: ignore[no-untyped-def]
    """Sum of the n-gram rows of every line into `hidden`, and how many there were into `gram_counts`."""
    dim = matrix.shape[1]
    keys = np.zeros(_REMEMBERED, dtype=np.uint64)
    known = np.zeros((_REMEMBERED, dim), dtype=np.float32)
    known_counts = np.zeros(_REMEMBERED, dtype=np.int32)
    own = np.zeros(dim, dtype=np.float32)
    start = 0
    for line in range(word_ends.size):
        while start < word_ends[line]:
            key, end = _key_and_end(words, start)
            if end - start > _LONGEST_REMEMBERED:
                gram_counts[line] += _add_grams(words, start, end, matrix, shortest, longest, hidden[line])
            else:
                slot = key & np.uint64(_REMEMBERED - 1)
                if keys[slot] != key:
                    own[:] = 0
                    known_counts[slot] = _add_grams(words, start, end, matrix, shortest, longest, own)
                    known[slot] = own
                    keys[slot] = key
                for d in range(dim):
                    hidden[line, d] += known[slot, d]
                gram_counts[line] += known_counts[slot]
            start = end


@njit(cache=True, nogil=True)
def _key_and_end(words, start):  # type: ignore[no-untyped-def]
    """64-bit FNV-1a of the word that starts here, its low bits mixed with the high ones, and where it ends."""
    key = np.uint64(14695981039346656037)
    end = start
    while True:
        byte = words[end]
        key = (key ^ np.uint64(byte)) * np.uint64(1099511628211)
        end += 1
        if byte == _CLOSE:
            return key ^ (key >> np.uint64(32)), end


@njit(cache=True, nogil=True)
def _add_grams(words, start, end, matrix, shortest, longest, into):  # type: ignore[no-untyped-def]
    """Add the rows of the n-grams of one word and give their number; fastText leaves out the bare "<" and ">"."""
    bucket, dim = np.uint32(matrix.shape[0]), matrix.shape[1]
    count = 0
    for first in range(start, end):
        if words[first] & 0xC0 == 0x80:
            continue
        value = np.uint32(2166136261)
        place, n = first, 1
        while place < end and n <= longest:
            while True:
                value = _mixed(value, words[place])
                place += 1
                if place == end or words[place] & 0xC0 != 0x80:
                    break
            if n >= shortest and not (n == 1 and (first == start or place == end)):
                row = value % bucket
                for d in range(dim):
                    into[d] += matrix[row, d]
                count += 1
            n += 1
    return count


@njit(cache=True, nogil=True)
def _mixed(value, byte):  # type: ignore[no-untyped-def]
    """One step of fastText's FNV-1a; its bytes are signed, so that those from 80 on set the upper bits too."""
    signed = np.uint32(byte) | np.uint32(0xFFFFFF00) if byte >= 0x80 else np.uint32(byte)
    return np.uint32((value ^ signed) * np.uint32(16777619))


@njit(cache=True, nogil=True)
def best(hidden, gram_counts, output, line_scripts, is_possible, labels, scores):  # type: ignore[no-untyped-def]
    """Labels and softmax probabilities of every line, best first, as many as `labels` has columns; label -1 and 0.0
    where there are no more. Only labels that are possible in the line's script take part: `is_possible` has a row a
    script, `line_scripts` names the row. `output` is (dim, labels). `hidden` is divided by its counts in place.
    """
    dim, label_count = output.shape
    wanted = labels.shape[1]
    logits = np.empty(label_count, dtype=np.float32)
    for line in range(hidden.shape[0]):
        labels[line] = -1
        if gram_counts[line] == 0:
            continue
        logits[:] = 0
        for d in range(dim):
            hidden[line, d] /= gram_counts[line]
            for each in range(label_count):
                logits[each] += hidden[line, d] * output[d, each]
        possible = is_possible[line_scripts[line]]
        _keep_best(logits, possible, labels[line], wanted)
        if labels[line, 0] < 0:
            continue
        top = logits[labels[line, 0]]
        total = np.float32(0)
        for each in range(label_count):
            if possible[each] and logits[each] > top - _NEGLIGIBLE:
                total += np.exp(logits[each] - top)
        for n in range(wanted):
            if labels[line, n] >= 0:
                scores[line, n] = np.exp(logits[labels[line, n]] - top) / total


@njit(cache=True, nogil=True)
def _keep_best(logits, possible, labels, wanted):  # type: ignore[no-untyped-def]
    for each in range(logits.size):
        if not possible[each] or (labels[wanted - 1] >= 0 and logits[each] <= logits[labels[wanted - 1]]):
            continue
        place = wanted - 1
        while place > 0 and (labels[place - 1] < 0 or logits[labels[place - 1]] < logits[each]):
            labels[place] = labels[place - 1]
            place -= 1
        labels[place] = each
