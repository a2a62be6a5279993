package io.promptroutes.kafka;

import java.util.Collection;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives partitions up in good order: nothing more begins, what runs gets its time, what is finished is committed, the rest is
 * dropped for the next owner. Lost partitions have another owner already, so nothing can be committed. For the poll thread, in whose
 * poll, unsubscribe or close the Kafka client calls it.
 *
 * @param callers the listener of whoever subscribed
 */
record Revocation(ConsumerRebalanceListener callers, Partitions partitions, Commits commits, Throttle throttle, Hurry hurry)
        implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
        partitions.leave(revoked);
        try {
            if (!hurry.noted()) {
                partitions.awaitFinished(revoked);
            }
        } catch (InterruptedException e) {
            hurry.note();
        }
        try {
            commits.last(revoked);
            callers.onPartitionsRevoked(revoked);
        } finally {
            forget(revoked);
            hurry.restore();
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        forget(lost);
        callers.onPartitionsLost(lost);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        throttle.assigned(assigned);
        callers.onPartitionsAssigned(assigned);
    }

    private void forget(Collection<TopicPartition> gone) {
        partitions.forget(gone);
        throttle.forget(gone);
    }
}
