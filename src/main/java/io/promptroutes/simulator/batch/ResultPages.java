package io.promptroutes.simulator.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.simulator.Delivery;
import io.promptroutes.simulator.Refused;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

/** Results of a batch, all at once or by pages. Lines are told as they were kept, for not each of them can be read. Stateless. */
final class ResultPages {

    private ResultPages() {
    }

    static Buffer inline(Batch batch, boolean told, Instant now) {
        ObjectNode body = batch.polled(now);
        return told && batch.told() ? withLines(body, "results", batch.results()) : Delivery.marked(body);
    }

    static Buffer page(Batch batch, String cursor, int size, Instant now) throws Refused {
        if (!batch.ended(now)) {
            throw new Refused(409, "Results are there when the batch has ended.");
        }
        List<String> all = batch.results();
        int from = cursor == null ? 0 : place(batch, cursor, all.size());
        int to = Math.min(all.size(), from + size);
        String next = to < all.size() ? cursor(batch, to) : null;
        return withLines(Delivery.body("""
                {"object": "list", "data": null, "has_more": %s, "next_cursor": %s}""", next != null, next), "data", all.subList(from, to));
    }

    private static Buffer withLines(ObjectNode body, String member, List<String> lines) {
        String marked = Delivery.marked(body).toString();
        String empty = "\"" + member + "\":null";
        int place = marked.indexOf(empty);
        StringBuilder whole = new StringBuilder(marked.substring(0, place)).append('"').append(member).append("\":[");
        whole.append(String.join(",", lines));
        return Buffer.buffer(whole.append(']').append(marked.substring(place + empty.length())).toString());
    }

    private static String cursor(Batch batch, int place) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((batch.id() + "/" + place).getBytes(StandardCharsets.UTF_8));
    }

    private static int place(Batch batch, String cursor, int lines) throws Refused {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (text.startsWith(batch.id() + "/")) {
                int place = Integer.parseInt(text.substring(batch.id().length() + 1));
                if (place > 0 && place < lines) {
                    return place;
                }
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new Refused(400, "Invalid cursor");
    }
}
