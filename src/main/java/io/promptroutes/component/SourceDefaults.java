package io.promptroutes.component;

import io.promptroutes.settings.BatchSettings;
import io.promptroutes.settings.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What holds for every source of Kafka records that says nothing else: the keys kafka.* and prompts.order.
 *
 * @param longest that a record may take once it is the oldest of its partition
 * @param waiting the same where its prompt may wait for a batch
 */
record SourceDefaults(boolean byKey, int ahead, Duration drain, String deadLetters, Set<String> headers, Duration longest, Duration waiting) {

    /** @param longest of a prompt */
    static SourceDefaults of(Settings settings, Duration longest) {
        Duration drain = settings.duration("kafka.drain");
        return new SourceDefaults(settings.choice("prompts.order", List.of("unordered", "key")).equals("key"), settings.integer("kafka.ahead", 1, Integer.MAX_VALUE), drain,
                settings.text("kafka.topic.dead-letters"), new HashSet<>(settings.list("kafka.headers")), longest.plus(drain),
                longest.plus(drain).plus(new BatchSettings(settings).longest()));
    }
}
