------------------------------- MODULE Moves -------------------------------
(***************************************************************************)
(* Epochs: a shard moves while directives of every age are still on their  *)
(* way. All that was ever said may arrive at any time, and again. All      *)
(* nodes have the right to serve all the time.                             *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
    Nodes,
    MaxEpoch,
    \* the guards
    EqualEpochRefused,  \* a region that has stopped an epoch opens it never again
    LowerEpochRefused,  \* nor any lower one
    StopNoted,          \* asked to stop what it does not host, a region notes it as stopped
    StopFirst           \* a shard leaves its home only when that says that it has stopped

VARIABLES
    home, epoch,    \* the latest placement, on a quorum
    directives,     \* "host this epoch", as ever said to a node
    hosts,          \* node -> the epoch that it hosts, 0 is none
    stopped,        \* node -> the highest epoch that it has stopped
    answers         \* the stops that nodes have confirmed

vars == <<home, epoch, directives, hosts, stopped, answers>>

Refused(n, e) ==
    \/ EqualEpochRefused /\ e = stopped[n]
    \/ LowerEpochRefused /\ e < stopped[n]

Host(n, e) ==
    /\ <<n, e>> \in directives
    /\ hosts[n] = 0
    /\ ~Refused(n, e)
    /\ hosts' = [hosts EXCEPT ![n] = e]
    /\ UNCHANGED <<home, epoch, directives, stopped, answers>>

\* Asked to stop epoch e; the request may be as late as anything.
Stop(n, e) ==
    /\ <<n, e>> \in directives
    /\ hosts[n] <= e
    /\ hosts' = [hosts EXCEPT ![n] = 0]
    /\ stopped' = IF e > stopped[n] /\ (StopNoted \/ hosts[n] = e) THEN [stopped EXCEPT ![n] = e] ELSE stopped
    /\ answers' = answers \cup {<<n, e>>}
    /\ UNCHANGED <<home, epoch, directives>>

Move(n) ==
    /\ epoch < MaxEpoch
    /\ StopFirst => <<home, epoch>> \in answers
    /\ home' = n
    /\ epoch' = epoch + 1
    /\ directives' = directives \cup {<<n, epoch + 1>>}
    /\ UNCHANGED <<hosts, stopped, answers>>

Init ==
    /\ home \in Nodes
    /\ epoch = 1
    /\ directives = {<<home, 1>>}
    /\ hosts = [n \in Nodes |-> 0]
    /\ stopped = [n \in Nodes |-> 0]
    /\ answers = {}

Next ==
    \E n \in Nodes :
        \/ Move(n)
        \/ \E e \in 1..MaxEpoch : Host(n, e) \/ Stop(n, e)

Symmetry == Permutations(Nodes)

Spec == Init /\ [][Next]_vars

OneHome == \A n, m \in Nodes : hosts[n] # 0 /\ hosts[m] # 0 => n = m
=============================================================================
