package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Why a batch cannot be, where no status tells it: by the words of the error, and by phrases of error-phrases.properties for what only its text says. */
public enum BatchHindrance {
    /** The model takes no batches, though the list has a price for them. */
    NO_ENDPOINT("batch_no_endpoint"),
    /** The account's data may not be kept, as a batch's is. */
    NOT_KEPT("batch_not_kept"),
    /** The provider has too many of them already. */
    NO_ROOM("batch_no_room");

    private static final int HTTP_TOO_MANY = 429;

    private final String phrase;

    BatchHindrance(String phrase) {
        this.phrase = phrase;
    }

    /** @param root with a member {@code error}, which may be an object or a text */
    static Set<BatchHindrance> in(JsonNode root) {
        if (!root.path("error").isObject() && !root.path("error").isTextual()) {
            return Set.of();
        }
        ErrorBody error = ErrorBody.json(root, root.path("error"));
        String said = error.said() + "\n" + String.join(" ", error.words());
        Set<BatchHindrance> found = Arrays.stream(values()).filter(one -> FailureTable.says(one.phrase, said)).collect(Collectors.toCollection(() -> EnumSet.noneOf(BatchHindrance.class)));
        if (Integer.valueOf(HTTP_TOO_MANY).equals(error.code())) {
            found.add(NO_ROOM);
        }
        return found;
    }
}
