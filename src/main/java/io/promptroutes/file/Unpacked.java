package io.promptroutes.file;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.SequenceInputStream;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * The text in a file: out of gzip, which its first bytes tell whatever its name is, and as UTF-8 where a byte order mark says UTF-16.
 * Stateless.
 */
final class Unpacked {

    private static final int BUFFER = 64 * 1024;

    private Unpacked() {
    }

    static InputStream open(InputStream raw) throws IOException {
        return open(raw, true);
    }

    /** @param packed whether gzip is unpacked: once, for a small file can be packed thousands of times, or hold itself */
    private static InputStream open(InputStream raw, boolean packed) throws IOException {
        byte[] head = raw.readNBytes(2);
        // no buffer: it would drop what it has where the stream fails
        InputStream in = new SequenceInputStream(new ByteArrayInputStream(head), raw) {
            /** Of a pipe that pauses GZIPInputStream would believe that it ends, and leave out the members that follow. */
            @Override
            public int available() {
                return 1;
            }
        };
        int mark = head.length < 2 ? 0 : (head[0] & 0xFF) << 8 | head[1] & 0xFF;
        if (mark == 0x1F8B && packed) {
            return open(new GZIPInputStream(in, BUFFER), false);
        }
        if (mark == 0xFEFF || mark == 0xFFFE) {
            // what is broken becomes a NUL, for which its line alone is refused
            return ReaderInputStream.builder().setCharset(StandardCharsets.UTF_8).setReader(new InputStreamReader(in,
                    StandardCharsets.UTF_16.newDecoder().onMalformedInput(CodingErrorAction.REPLACE).replaceWith("\0"))).get();
        }
        return in;
    }
}
