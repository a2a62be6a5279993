package io.promptroutes.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends to one topic. While that takes nothing (missing, not authorised, no leader) one record at a time tries it and may block; the others
 * fail at once, so that they hold no thread until they are sent again. Thread-safe.
 */
final class TopicProducer extends KafkaProducer<Object, Object> {

    private static final Logger LOG = LoggerFactory.getLogger(TopicProducer.class);
    /** About one record: the topic takes others. The last is thrown for those that were sent together with an invalid one. */
    private static final Set<Class<?>> OF_THE_RECORD = Set.of(RecordTooLargeException.class, InvalidTimestampException.class, KafkaException.class);
    /** What was not found for so long is over. */
    private static final Duration RECENT = Duration.ofMinutes(1);

    /** @param since when it was first found; at, when last */
    private record Refusal(String what, Instant since, Instant at) {
    }

    private final AtomicBoolean trying = new AtomicBoolean();
    private volatile Refusal refusal;
    /** Of records such as those without a key, which a compacted topic does not take. */
    private volatile Refusal ofSome;

    TopicProducer(Properties client) {
        super(client);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> record, Callback callback) {
        Refusal before = refusal;
        if (before != null && !trying.compareAndSet(false, true)) {
            throw new TimeoutException(before.what);
        }
        try {
            return super.send(record, (sent, failure) -> {
                note(record.topic(), failure);
                callback.onCompletion(sent, failure);
            });
        } catch (RuntimeException e) { // nobody will be called back
            trying.set(false);
            throw e;
        }
    }

    private void note(String topic, Exception failure) {
        Refusal before = refusal;
        if (failure instanceof InvalidRecordException) {
            Refusal earlier = ofSome == null || ofSome.at.isBefore(Instant.now().minus(RECENT)) ? null : ofSome;
            ofSome = new Refusal("topic " + topic + " takes no record of some: " + failure.getMessage(), earlier == null ? Instant.now() : earlier.since, Instant.now());
            if (earlier == null) {
                LOG.warn("{}; they are kept and sent again", ofSome.what);
            }
        } else if (failure == null && before != null) {
            refusal = null;
            LOG.info("topic {} takes records again", topic);
        } else if (failure != null && !OF_THE_RECORD.contains(failure.getClass())) {
            refusal = new Refusal("topic " + topic + " takes no records: " + failure.getMessage(), before == null ? Instant.now() : before.since, Instant.now());
            if (before == null) {
                LOG.warn("{}; what is to be published there is kept and sent again", refusal.what);
            }
        }
        trying.set(false);
    }

    /** Why the topic has taken nothing, or not some, for so long; null where it takes records, as far as is known. */
    String refused(Duration atLeast) {
        Instant now = Instant.now();
        return Stream.of(Optional.ofNullable(refusal), Optional.ofNullable(ofSome).filter(some -> some.at.isAfter(now.minus(RECENT)))).flatMap(Optional::stream)
                .filter(one -> one.since.isBefore(now.minus(atLeast))).map(Refusal::what).findFirst().orElse(null);
    }
}
