package io.promptroutes.routing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.TokenCounter;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes tokens out of a request: of a single question its end; of a conversation the texts of earlier turns, oldest first. System
 * messages, tools and the last question of a conversation stay as they are. Thread-safe.
 */
record Shortening(TokenCounter tokens) {

    /** Stands for a text of which nothing is left: some models refuse an empty one. */
    static final String NOTHING_LEFT = "[…]";

    /** A text of a message, and how to put another one in its place. @param earlier in a conversation; else it is the question itself */
    private record Place(ObjectNode holder, String field, boolean earlier) {

        String text() {
            return holder.get(field).textValue();
        }
    }

    /** Fewer go where nothing else may be cut. @param request not changed */
    ObjectNode without(ObjectNode request, long tooMany) {
        ObjectNode copy = request.deepCopy();
        long left = tooMany;
        for (Place place : places((ArrayNode) copy.get("messages"))) {
            if (left <= 0) {
                break;
            }
            long before = tokens.count(place.text());
            String shorter = shorter(place, before - left);
            long after = tokens.count(shorter);
            if (after < before) {
                place.holder().put(place.field(), shorter);
                left -= before - after;
            }
        }
        return copy;
    }

    private String shorter(Place place, long allowed) {
        String text = place.text();
        String start = text.substring(0, TextCut.before(text, tokens.prefix(text, allowed))).stripTrailing();
        return !start.isEmpty() ? start : place.earlier() ? NOTHING_LEFT : text;
    }

    private static List<Place> places(ArrayNode messages) {
        int last = -1;
        boolean conversation = false;
        for (int i = 0; i < messages.size(); i++) {
            String role = messages.get(i).path("role").asText();
            conversation |= last >= 0 || role.equals("assistant");
            last = role.equals("user") ? i : last;
        }
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            String role = messages.get(i).path("role").asText();
            if ((role.equals("user") || role.equals("assistant")) && !(conversation && i == last)) {
                texts((ObjectNode) messages.get(i), conversation, places);
            }
        }
        return places;
    }

    private static void texts(ObjectNode message, boolean earlier, List<Place> places) {
        if (message.path("content").isTextual()) {
            places.add(new Place(message, "content", earlier));
        }
        for (JsonNode part : message.path("content")) {
            if (part.path("type").asText().equals("text") && part.path("text").isTextual()) {
                places.add(new Place((ObjectNode) part, "text", earlier));
            }
        }
    }
}
