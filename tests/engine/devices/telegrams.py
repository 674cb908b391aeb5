"""Recorded P1 telegrams, and telegrams sealed or encrypted anew."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from custom_components.merit_order.engine.devices.dsmr_telegram import Stream, Telegram

from .conftest import FIXTURES


def crc16(data: bytes) -> int:
    """The meter's checksum, written from its definition (CRC-16, reflected polynomial 0xA001, start 0)."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def sealed(telegram: bytes) -> bytes:
    """The telegram with the checksum that fits it."""
    body = telegram[: telegram.rindex(b"!") + 1]
    return body + b"%04X\r\n" % crc16(body)


def recorded(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def only(version: str, raw: bytes) -> Telegram:
    telegrams = list(Stream(version).feed(raw))
    assert len(telegrams) == 1
    return telegrams[0]


KEY = "0123456789abcdef0123456789abcdef"


def encrypted(telegram: bytes, count: int = 1) -> bytes:
    """A DLMS general-global-cipher frame as Luxembourg's meters send it: AES-GCM, 12-byte tag, the public AAD key."""
    title, counter = b"SYSTITLE", count.to_bytes(4)
    security = b"\x30"
    cipher = Cipher(algorithms.AES(bytes.fromhex(KEY)), modes.GCM(title + counter)).encryptor()
    cipher.authenticate_additional_data(security + bytes.fromhex("00112233445566778899aabbccddeeff"))
    secret = cipher.update(telegram) + cipher.finalize() + cipher.tag[:12]
    body = security + counter + secret
    return b"\xdb\x08" + title + b"\x82" + len(body).to_bytes(2) + body
