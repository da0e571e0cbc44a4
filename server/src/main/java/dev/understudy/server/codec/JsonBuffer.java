package dev.understudy.server.codec;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds JSON as UTF-8 bytes, without strings in between. Not thread-safe; owned by whoever builds one answer.
///
/// It writes what it is told, so commas and brackets are the caller's.
public final class JsonBuffer {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LONG_MIN = Long.toString(Long.MIN_VALUE).getBytes(StandardCharsets.US_ASCII);
    private static final int LONG_CHARS_MAX = 20;

    private byte[] bytes;
    private int length;

    /// An empty buffer that grows past `bytesHint`.
    public JsonBuffer(int bytesHint) {
        bytes = new byte[Math.max(16, bytesHint)];
    }

    /// The number of bytes written.
    public int length() {
        return length;
    }

    /// The bytes written, copied.
    public byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    /// The bytes written, uncopied. Nothing may be written afterwards.
    public ByteBuffer toByteBuffer() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /// Bytes of JSON made earlier.
    public JsonBuffer raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /// JSON in ASCII, as it stands.
    public JsonBuffer raw(String ascii) {
        int count = ascii.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    public JsonBuffer raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /// `,"name":`, or without the comma right behind an opening bracket. The name must need no escapes.
    public JsonBuffer field(String name) {
        if (length > 0 && bytes[length - 1] != '{') {
            raw(',');
        }
        return raw('"').raw(name).raw('"').raw(':');
    }

    /// A comma, unless this is the first entry behind an opening bracket.
    public JsonBuffer separator() {
        return length > 0 && bytes[length - 1] != '[' ? raw(',') : this;
    }

    public JsonBuffer bool(boolean value) {
        return raw(value ? "true" : "false");
    }

    public JsonBuffer number(long value) {
        if (value == Long.MIN_VALUE) {
            return raw(LONG_MIN);
        }
        reserve(LONG_CHARS_MAX);
        if (value < 0) {
            bytes[length++] = '-';
        }
        long left = Math.abs(value);
        int digits = 1;
        for (long probe = left; probe >= 10; probe /= 10) {
            digits++;
        }
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += digits;
        return this;
    }

    /// The shortest text that reads back as the same float, which must be finite.
    public JsonBuffer number(float value) {
        return raw(Float.toString(value));
    }

    /// The shortest text that reads back as the same double, which must be finite.
    public JsonBuffer number(double value) {
        return raw(Double.toString(value));
    }

    /// A quoted string, escaped. Half a surrogate pair, which UTF-8 cannot hold, is written as an escape.
    public JsonBuffer string(String text) {
        int count = text.length();
        reserve(count + 2);
        bytes[length++] = '"';
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
                if (length == bytes.length) {
                    reserve(count - i + 1);
                }
                bytes[length++] = (byte) c;
            } else if (Character.isHighSurrogate(c) && i + 1 < count && Character.isLowSurrogate(text.charAt(i + 1))) {
                utf8(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                special(c);
            }
        }
        return raw('"');
    }

    private void special(char c) {
        switch (c) {
            case '"' -> raw("\\\"");
            case '\\' -> raw("\\\\");
            case '\n' -> raw("\\n");
            case '\r' -> raw("\\r");
            case '\t' -> raw("\\t");
            default -> {
                if (c < 0x20 || Character.isSurrogate(c)) {
                    raw("\\u");
                    for (int shift = 12; shift >= 0; shift -= 4) {
                        raw((char) HEX[(c >> shift) & 0xF]);
                    }
                } else {
                    utf8(c);
                }
            }
        }
    }

    private void utf8(int codePoint) {
        reserve(4);
        if (codePoint < 0x80) {
            bytes[length++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xC0 | (codePoint >> 6));
            bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else if (codePoint < 0x10000) {
            bytes[length++] = (byte) (0xE0 | (codePoint >> 12));
            bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
            bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
        } else {
            bytes[length++] = (byte) (0xF0 | (codePoint >> 18));
            bytes[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
            bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
            bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
        }
    }

    private void reserve(int more) {
        int needed = Math.addExact(length, more);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8, bytes.length * 2L)));
        }
    }
}
