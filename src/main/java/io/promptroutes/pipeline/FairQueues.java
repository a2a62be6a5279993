package io.promptroutes.pipeline;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.BlockingQueueFactory;

/** The queues of an engine. Thread-safe. */
public final class FairQueues implements BlockingQueueFactory<Exchange> {

    private final List<FairQueue> made = new CopyOnWriteArrayList<>();

    @Override
    public BlockingQueue<Exchange> create() {
        return create(Integer.MAX_VALUE);
    }

    @Override
    public BlockingQueue<Exchange> create(int capacity) {
        FairQueue queue = new FairQueue(capacity);
        made.add(queue);
        return queue;
    }

    /** For an engine that is about to stop: Camel waits for the consumers of one queue after the other, each of which ends when it has found nothing. */
    public void hurry() {
        made.forEach(FairQueue::hurry);
    }
}
