package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the messages of a request hold beside text, wherever it stands in them. Such content is billed in tokens too, of which its size
 * in bytes says little: each kind has a likely number of them, and one that no provider known to us goes beyond. Immutable.
 */
public record Media(List<Part> parts) {

    /** Bytes that a file or video behind an address is taken for: its size is not known here. */
    private static final long BEHIND_A_LINK = 1_000_000;
    private static final long ANY_SIZE = Long.MAX_VALUE;
    private static final Pattern TYPE = Pattern.compile("(?:input_)?(image|audio|video|file)(?:_url)?");

    /**
     * In high detail a large picture is 48,169 tokens of OpenAI's small models, and some 1,500 of most others. Sound is 32 tokens a second,
     * of 128 kbit/s or of 4; a video 300, of 1 Mbit/s or of 40 kbit/s. A file is mostly pages with fonts and pictures; at most plain text.
     */
    private static final Map<String, Rate> RATES = Map.of("image", new Rate(1_600, 50_000, ANY_SIZE, ANY_SIZE), "audio", new Rate(1, 1, 500, 16),
            "video", new Rate(1, 1, 400, 16), "file", new Rate(1, 1, 20, 1));

    /**
     * @param likely      tokens of any
     * @param most        the same, at most
     * @param likelyBytes that are a token more
     * @param leastBytes  the same, at least
     */
    private record Rate(long likely, long most, long likelyBytes, long leastBytes) {
    }

    /**
     * @param kind       image, audio, video or file
     * @param characters of it that stand in the request and are no text; 0 for a link
     * @param likely     tokens, as far as one can guess
     */
    public record Part(String type, String kind, long characters, long likely, long most) {
    }

    public static Media of(JsonNode request) {
        List<Part> parts = new ArrayList<>(0);
        collect(request.path("messages"), parts);
        return new Media(parts);
    }

    private static void collect(JsonNode node, List<Part> parts) {
        if (!node.isContainerNode()) {
            return;
        }
        Matcher type = node.path("type").isTextual() ? TYPE.matcher(node.path("type").textValue()) : null;
        if (type != null && type.matches()) {
            Rate rate = RATES.get(type.group(1));
            long characters = inline(node);
            long bytes = characters == 0 ? BEHIND_A_LINK : characters * 3 / 4;
            parts.add(new Part(type.group(), type.group(1), characters, rate.likely + bytes / rate.likelyBytes, rate.most + bytes / rate.leastBytes));
        } else {
            node.forEach(child -> collect(child, parts));
        }
    }

    private static long inline(JsonNode node) {
        return node.propertyStream().mapToLong(field -> {
            String text = field.getValue().asText();
            boolean data = text.regionMatches(true, 0, "data:", 0, 5) || field.getKey().equals("data") || field.getKey().equals("file_data");
            return field.getValue().isContainerNode() ? inline(field.getValue()) : data ? text.length() : 0;
        }).sum();
    }

    /** What is text of so many bytes of a request. */
    public long text(long bytes) {
        return bytes - sum(Part::characters);
    }

    public long likelyTokens() {
        return sum(Part::likely);
    }

    long mostTokens() {
        return sum(Part::most);
    }

    private long sum(ToLongFunction<Part> figure) {
        return parts.isEmpty() ? 0 : parts.stream().mapToLong(figure).sum(); // most requests are text alone
    }

    public int count(String kind) {
        return parts.isEmpty() ? 0 : (int) parts.stream().filter(part -> part.kind().equals(kind)).count();
    }
}
