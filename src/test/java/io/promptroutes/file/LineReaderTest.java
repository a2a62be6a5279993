package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    @Test
    void linesHaveNoEndsAndKeepTheirNumbers() {
        assertThat(read("one\ntwo\r\n\n  \t\r\nthree\rfour\n\nlast")).containsExactly("1:one", "2:two", "5:three\rfour", "7:last");
    }

    @Test
    void onlyTheByteOrderMarkAtTheStartIsDropped() {
        assertThat(read("\ufeffone\n\ufefftwo\n")).containsExactly("1:one", "2:\ufefftwo");
        assertThat(read("\ufeff")).isEmpty();
    }

    @Test
    void anEmptyFileHasNoLines() {
        assertThat(read("")).isEmpty();
        assertThat(read("\n\r\n\n")).isEmpty();
    }

    @Test
    void nextWithoutALineIsAnError() {
        LineReader reader = new LineReader(new ByteArrayInputStream(new byte[0]), 10);

        assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void theLongestLineIsMeasuredWithoutItsEnd() {
        List<Line> lines = lines(bytes("12345\r\n123456\r\n12345"), 5, 8);

        assertThat(lines).extracting(Line::tooLong).containsExactly(false, true, false);
        assertThat(lines).extracting(Line::length).containsExactly(5L, 6L, 5L);
        assertThat(lines.get(1).bytes()).asString().isEqualTo("123456");
    }

    @Test
    void ofATooLongLineOnlyTheHeadIsKeptAndTheRestIsSkipped() {
        long length = 300_000_000;
        InputStream in = new Repeating(length, bytes("\nnext\n"));

        LineReader reader = new LineReader(in, 1_000_000);
        Line huge = reader.next();
        Line next = reader.next();

        assertThat(huge.tooLong()).isTrue();
        assertThat(huge.length()).isEqualTo(length);
        assertThat(huge.bytes()).hasSize(LineReader.HEAD).containsOnly('x');
        assertThat(next.number()).isEqualTo(2);
        assertThat(next.bytes()).asString().isEqualTo("next");
        assertThat(reader.hasNext()).isFalse();
    }

    @Test
    void aBrokenStreamIsNotTheEndOfTheFile() {
        LineReader reader = new LineReader(new InputStream() {
            private int given;

            @Override
            public int read() throws IOException {
                if (given++ < 2) {
                    return 'a';
                }
                throw new IOException("unplugged");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                into[offset] = (byte) read();
                return 1;
            }
        }, 10);

        assertThatThrownBy(reader::hasNext).isInstanceOf(UncheckedIOException.class).hasRootCauseMessage("unplugged");
    }

    @Test
    void anyBytesInAnyBufferAreSplitLikeByANaiveSplitter() {
        Random random = new Random(7);
        for (int round = 0; round < 20_000; round++) {
            byte[] input = randomInput(random);
            int maxBytes = 1 + random.nextInt(12);
            int buffer = 3 + random.nextInt(10);

            List<String> seen = lines(input, maxBytes, buffer).stream().map(LineReaderTest::shown).toList();

            assertThat(seen).as("round %d", round).isEqualTo(naive(input, maxBytes));
        }
    }

    private static byte[] randomInput(Random random) {
        byte[] alphabet = {'a', 'b', ' ', '\t', '\n', '\n', '\r', (byte) 0xEF, (byte) 0xBB, (byte) 0xBF, 0};
        byte[] input = new byte[random.nextInt(60)];
        for (int i = 0; i < input.length; i++) {
            input[i] = alphabet[random.nextInt(alphabet.length)];
        }
        return random.nextBoolean() ? input : joined(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, input);
    }

    private static List<String> naive(byte[] input, int maxBytes) {
        String text = new String(input, StandardCharsets.ISO_8859_1);
        String[] parts = (text.startsWith("\u00ef\u00bb\u00bf") ? text.substring(3) : text).split("\n", -1);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < parts.length; i++) {
            String line = parts[i].endsWith("\r") ? parts[i].substring(0, parts[i].length() - 1) : parts[i];
            boolean tooLong = line.length() > maxBytes;
            if (tooLong || !line.matches("[ \t\r]*")) {
                lines.add(shown(new Line(i + 1, line.getBytes(StandardCharsets.ISO_8859_1), tooLong, line.length())));
            }
        }
        return lines;
    }

    private static String shown(Line line) {
        return line.number() + (line.tooLong() ? ">" : ":") + line.length() + Arrays.toString(line.bytes());
    }

    private static List<String> read(String text) {
        return lines(bytes(text), 1000, 64).stream()
                .map(line -> line.number() + ":" + new String(line.bytes(), StandardCharsets.UTF_8)).toList();
    }

    private static List<Line> lines(byte[] input, int maxBytes, int buffer) {
        List<Line> lines = new ArrayList<>();
        new LineReader(new ByteArrayInputStream(input), maxBytes, buffer, false).forEachRemaining(lines::add);
        return lines;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    /** So many times an x, and then an end. */
    private static final class Repeating extends InputStream {

        private long left;
        private final InputStream tail;

        Repeating(long count, byte[] tail) {
            this.left = count;
            this.tail = new ByteArrayInputStream(tail);
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? 'x' : tail.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left <= 0) {
                return tail.read(into, offset, length);
            }
            int count = (int) Math.min(left, length);
            Arrays.fill(into, offset, offset + count, (byte) 'x');
            left -= count;
            return count;
        }
    }
}
