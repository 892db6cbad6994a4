------------------------------- MODULE Lease -------------------------------
(***************************************************************************)
(* The lease: how long does a holder believe, when may a challenger take   *)
(* over, and what becomes of directives that are late? One record in a     *)
(* store that changes it atomically; answers may be late or lost. Time is  *)
(* real time; a holder's clock may lag and a challenger's may hurry, by up *)
(* to Drift within a ttl.                                                  *)
(***************************************************************************)
EXTENDS Naturals, TLC

CONSTANTS
    Nodes,
    Ttl, Margin, Drift,
    MaxTime, MaxVersion,
    \* the guards
    Deadline,           \* a holder stops to believe by itself, without being told
    DeadlineFromSent,   \* the deadline counts from when the request was sent, not from when the answer came
    WatchInFull,        \* a challenger has itself seen the record unchanged for ttl + margin, not only for ttl - margin
    NeverAgain,         \* a belief that has ended does not come back with a late answer
    TokenRises,         \* a grant has a token above every one before
    TokenChecked        \* a receiver refuses what carries a lower token than it has seen

VARIABLES
    now,
    record,     \* in the store: its version, the number of grants so far, holder and token
    belief,     \* node -> grant and token it holds, and when its belief ends
    request,    \* node -> what it has asked the store for, when, and what came of it
    watch,      \* node -> the version it sees, and since when
    order,      \* one directive on its way, to one receiver
    obeyed      \* the receiver: the highest token, the latest grant, and whether it ever went back

vars == <<now, record, belief, request, watch, order, obeyed>>

None == [kind |-> "none", sent |-> 0, version |-> 0, done |-> "no", grant |-> 0, token |-> 0]
NoBelief == [grant |-> 0, token |-> 0, ends |-> 0]
NoOrder == [grant |-> 0, token |-> 0]

Belief == Ttl - Margin + Drift
Watch == IF WatchInFull THEN Ttl + Margin - Drift ELSE Ttl - Margin - Drift

Believes(n) == belief[n].grant # 0 /\ (Deadline => now < belief[n].ends)

Tick ==
    /\ now < MaxTime
    /\ now' = now + 1
    \* What has ended has ended, however long ago; this only keeps the number of states down.
    /\ belief' = [n \in Nodes |-> IF Deadline /\ belief[n].ends <= now' THEN NoBelief ELSE belief[n]]
    /\ watch' = [n \in Nodes |-> [watch[n] EXCEPT !.since = IF @ + Watch < now' THEN now' - Watch ELSE @]]
    /\ UNCHANGED <<record, request, order, obeyed>>

Look(n) ==
    /\ ~Believes(n)
    /\ watch[n].version # record.version
    /\ watch' = [watch EXCEPT ![n] = [version |-> record.version, since |-> now]]
    /\ UNCHANGED <<now, record, belief, request, order, obeyed>>

Ask(n) ==
    /\ request[n].kind = "none"
    /\ \/ /\ Believes(n)
          /\ request' = [request EXCEPT ![n] = [None EXCEPT !.kind = "renew", !.sent = now,
                                                !.grant = belief[n].grant, !.token = belief[n].token]]
       \/ /\ ~Believes(n)
          /\ now >= watch[n].since + Watch
          /\ request' = [request EXCEPT ![n] = [None EXCEPT !.kind = "take", !.sent = now, !.version = watch[n].version]]
    /\ UNCHANGED <<now, record, belief, watch, order, obeyed>>

\* The store does what is asked, if the record is still as the node knew it.
Store(n) ==
    /\ request[n].kind # "none"
    /\ request[n].done = "no"
    /\ record.version < MaxVersion
    /\ LET r == request[n]
           fits == IF r.kind = "take" THEN record.version = r.version ELSE record.grant = r.grant
           grant == IF r.kind = "take" THEN record.grant + 1 ELSE record.grant
           token == IF r.kind = "take" /\ TokenRises THEN record.token + 1 ELSE record.token
       IN IF fits
          THEN /\ record' = [version |-> record.version + 1, grant |-> grant, token |-> token]
               /\ request' = [request EXCEPT ![n].done = "yes", ![n].grant = grant, ![n].token = token]
          ELSE /\ request' = [request EXCEPT ![n].done = "refused"]
               /\ UNCHANGED record
    /\ UNCHANGED <<now, belief, watch, order, obeyed>>

Answer(n) ==
    /\ request[n].done # "no"
    /\ LET r == request[n]
           ends == (IF DeadlineFromSent THEN r.sent ELSE now) + Belief
           taken == [grant |-> r.grant, token |-> r.token, ends |-> ends]
       IN belief' = [belief EXCEPT ![n] =
            IF r.done = "refused" THEN IF r.kind = "renew" THEN NoBelief ELSE @
            ELSE IF r.kind = "renew" /\ NeverAgain /\ ~Believes(n) THEN @
            ELSE taken]
    /\ request' = [request EXCEPT ![n] = None]
    /\ UNCHANGED <<now, record, watch, order, obeyed>>

\* The node does not know whether it was done.
NoAnswer(n) ==
    /\ request[n].kind # "none"
    /\ request' = [request EXCEPT ![n] = None]
    /\ UNCHANGED <<now, record, belief, watch, order, obeyed>>

Command(n) ==
    /\ Believes(n)
    /\ order = NoOrder
    /\ order' = [grant |-> belief[n].grant, token |-> belief[n].token]
    /\ UNCHANGED <<now, record, belief, request, watch, obeyed>>

\* The directive on its way arrives; or one that was sent at this moment overtakes it.
Obey(o) ==
    /\ TokenChecked => o.token >= obeyed.token
    /\ obeyed' = [token |-> o.token, grant |-> o.grant, back |-> obeyed.back \/ o.grant < obeyed.grant]

Arrive ==
    /\ order # NoOrder
    /\ Obey(order)
    /\ order' = NoOrder
    /\ UNCHANGED <<now, record, belief, request, watch>>

Overtake(n) ==
    /\ Believes(n)
    /\ Obey(belief[n])
    /\ UNCHANGED <<now, record, belief, request, watch, order>>

Init ==
    /\ now = 0
    /\ record = [version |-> 0, grant |-> 0, token |-> 0]
    /\ belief = [n \in Nodes |-> NoBelief]
    /\ request = [n \in Nodes |-> None]
    /\ watch = [n \in Nodes |-> [version |-> 0, since |-> 0]]
    /\ order = NoOrder
    /\ obeyed = [token |-> 0, grant |-> 0, back |-> FALSE]

Next ==
    \/ Tick
    \/ Arrive
    \/ \E n \in Nodes : Look(n) \/ Ask(n) \/ Store(n) \/ Answer(n) \/ NoAnswer(n) \/ Command(n) \/ Overtake(n)

Symmetry == Permutations(Nodes)

Spec == Init /\ [][Next]_vars

OneHolder == \A n, m \in Nodes : Believes(n) /\ Believes(m) => n = m
NeverBack == ~obeyed.back
=============================================================================
