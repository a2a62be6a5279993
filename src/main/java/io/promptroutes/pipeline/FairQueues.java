package io.promptroutes.pipeline;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.component.seda.BlockingQueueFactory;
import org.apache.camel.component.seda.SedaComponent;
import org.apache.camel.support.LifecycleStrategySupport;

/** Has all queues of a Camel context be {@link FairQueue}s, whose consumers end as soon as it stops. Thread-safe. */
public final class FairQueues extends LifecycleStrategySupport implements BlockingQueueFactory<Exchange> {

    private final List<FairQueue> made = new CopyOnWriteArrayList<>();

    private FairQueues() {
    }

    /** @param camel whose routes are not made yet */
    public static void in(CamelContext camel) {
        FairQueues queues = new FairQueues();
        camel.getComponent("seda", SedaComponent.class).setDefaultQueueFactory(queues);
        camel.addLifecycleStrategy(queues);
    }

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

    /** A consumer that waits in its queue would see a second later that it shall end, and every command would end that much later. */
    @Override
    public void onContextStopping(CamelContext camel) {
        made.forEach(FairQueue::hurry);
    }
}
