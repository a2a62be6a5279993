package io.promptroutes.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A text that a key names by its place: {@code classpath:NAME}, {@code file:PATH} or a path. */
final class Place {

    static final String CLASSPATH = "classpath:";
    static final String FILE = "file:";

    private Place() {
    }

    /** @param maxBytes of the text @throws UsageException where there is none, or it is longer, or no UTF-8; names the key */
    static String text(String key, String place, int maxBytes) {
        String path = place.startsWith(FILE) ? place.substring(FILE.length()) : place;
        try (InputStream in = place.startsWith(CLASSPATH) ? resource(place.substring(CLASSPATH.length())) : Files.newInputStream(Path.of(path))) {
            if (in == null) {
                throw new UsageException("key " + key + ": " + place + " is not in the jar");
            }
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw new UsageException("key " + key + ": " + place + " has more than " + maxBytes + " bytes");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UsageException("key " + key + ": " + place + " is not UTF-8", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageException("key " + key + ": " + place + " cannot be read: " + e, e);
        }
    }

    /** Ours of that name; else one of the application in which we are. Null where there is none. */
    private static InputStream resource(String name) {
        InputStream ours = Place.class.getResourceAsStream("/io/promptroutes/" + name);
        return ours != null ? ours : Place.class.getResourceAsStream("/" + name);
    }
}
