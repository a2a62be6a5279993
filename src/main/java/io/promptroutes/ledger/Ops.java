package io.promptroutes.ledger;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** The operations of a group, in the order in which they came. */
record Ops(List<Op<?>> all) {

    <O extends Op<?>> Stream<O> of(Class<O> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** Works that may change. */
    List<String> works() {
        return Stream.concat(of(Op.Claim.class).map(op -> op.request.work().id().hex()),
                of(Op.End.class).filter(op -> op.work != null).map(op -> op.work.id().hex())).toList();
    }

    /** Claims that may change. */
    List<UUID> claims() {
        return Stream.concat(of(Op.End.class).filter(op -> op.claim != null).map(op -> op.claim),
                of(Op.Correct.class).map(op -> op.claim)).toList();
    }
}
