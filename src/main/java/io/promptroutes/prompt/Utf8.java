package io.promptroutes.prompt;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Finds out whether bytes are UTF-8 without keeping their characters. Stateless. */
final class Utf8 {

    private static final int CHARS_AT_A_TIME = 8192;

    private Utf8() {
    }

    /** Where the text begins: behind the byte order mark, where there is one. */
    static int start(byte[] raw) {
        boolean mark = raw.length >= 3 && raw[0] == (byte) 0xEF && raw[1] == (byte) 0xBB && raw[2] == (byte) 0xBF;
        return mark ? 3 : 0;
    }

    /** The index of the first byte that is no UTF-8, or -1. */
    static int firstInvalid(byte[] raw, int from) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(raw, from, raw.length - from);
        CharBuffer out = CharBuffer.allocate(Math.min(CHARS_AT_A_TIME, raw.length + 2));
        CoderResult result = decoder.decode(in, out, true);
        while (result.isOverflow()) {
            out.clear();
            result = decoder.decode(in, out, true);
        }
        return result.isError() ? in.position() : -1;
    }
}
