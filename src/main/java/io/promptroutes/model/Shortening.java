package io.promptroutes.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.prompt.MessageText;
import java.text.BreakIterator;
import java.util.List;
import java.util.Locale;

/**
 * Takes tokens out of a request: of a single question its end; of a conversation the texts of earlier turns, oldest first. System
 * messages, tools and the last question of a conversation stay as they are. Thread-safe.
 */
record Shortening(TokenCounter tokens) {

    /** Stands for a text of which nothing is left: some models refuse an empty one. */
    static final String NOTHING_LEFT = "[…]";

    /** Characters before the latest place in which a sentence's end is looked for: nobody is to lose a page for it. */
    private static final int BACK = 1_000;

    /** Fewer go where nothing else may be cut. @param request not changed */
    ObjectNode without(ObjectNode request, long tooMany) {
        ObjectNode copy = request.deepCopy();
        JsonNode messages = copy.get("messages");
        List<String> roles = messages.valueStream().map(message -> message.path("role").asText()).toList();
        int last = roles.lastIndexOf("user");
        boolean conversation = roles.contains("assistant") || last >= 0 && roles.indexOf("user") < roles.size() - 1;
        long left = tooMany;
        for (int i = 0; i < roles.size(); i++) {
            boolean stays = !roles.get(i).equals("user") && !roles.get(i).equals("assistant") || conversation && i == last;
            for (MessageText text : stays ? List.<MessageText>of() : MessageText.of(messages.get(i))) {
                left -= shortened(text, left, conversation);
            }
        }
        return copy;
    }

    /** By how many tokens. @param earlier in a conversation; else it is the question itself */
    private long shortened(MessageText place, long tooMany, boolean earlier) {
        if (tooMany <= 0) {
            return 0;
        }
        String text = place.text();
        long before = tokens.count(text);
        String start = text.substring(0, cut(text, tokens.prefix(text, before - tooMany))).stripTrailing();
        String shorter = !start.isEmpty() ? start : earlier ? NOTHING_LEFT : text;
        long fewer = before - tokens.count(shorter);
        if (fewer > 0) {
            place.holder().put(place.field(), shorter);
        }
        return Math.max(fewer, 0);
    }

    /** The end of the last whole sentence within the first {@code most} characters, else of the last word, else of the last character. */
    private static int cut(String text, int most) {
        if (most >= text.length()) {
            return text.length();
        }
        int from = Math.max(0, most - BACK);
        String near = text.substring(from, Math.min(text.length(), most + BACK));
        for (BreakIterator ends : new BreakIterator[] {BreakIterator.getSentenceInstance(Locale.ROOT),
            BreakIterator.getWordInstance(Locale.ROOT), BreakIterator.getCharacterInstance(Locale.ROOT)}) {
            ends.setText(near);
            int end = ends.isBoundary(most - from) ? most - from : ends.preceding(most - from);
            if (end > 0) {
                return from + end;
            }
        }
        return 0;
    }
}
