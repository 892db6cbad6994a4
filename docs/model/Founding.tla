------------------------------ MODULE Founding ------------------------------
(***************************************************************************)
(* Founding again: a majority of the seeds gives the cluster up and founds *)
(* another, while members of the old one may still have their right. One   *)
(* shard; it is served wherever a cluster has placed it and that cluster's *)
(* seats consent. Time as in Serving: after the wait no consent counts     *)
(* that answers a probe sent before it.                                    *)
(***************************************************************************)
EXTENDS Naturals, FiniteSets, TLC

CONSTANTS
    Seeds,
    Foundings,          \* how often a founding is begun; 0 is the old cluster
    \* the guards
    Majority,           \* a cluster is founded by a majority of the seeds, and written to one
    GivesUp,            \* a seed that agrees leaves the old cluster at once and for good
    LatestAgreement,    \* a seed takes its seat only in the founding that it agreed to last
    IdInConsent,        \* consents name the cluster; they count only there
    FounderWaits,       \* the founder places nothing before the wait is over
    SuccessorWaits      \* nor does who takes over from it before it had time to wait

VARIABLES
    at,         \* seed -> the cluster in which it has its seat
    agreed,     \* seed -> the founding that it agreed to last
    yes,        \* founding -> who ever agreed
    written,    \* the foundings whose first page is out
    consents,   \* cluster -> the seeds whose consent counts there
    placed      \* the clusters that have given the shard a home

vars == <<at, agreed, yes, written, consents, placed>>

Clusters == 0..Foundings
Nowhere == Foundings + 1
Enough(s) == IF Majority THEN 2 * Cardinality(s) > Cardinality(Seeds) ELSE s # {}

\* Seeds whose consent the members of a cluster get now.
Consenting(where) ==
    [g \in Clusters |-> {s \in Seeds : where[s] # Nowhere /\ (IdInConsent => where[s] = g)}]

Hear(where) == consents' = [g \in Clusters |-> consents[g] \cup Consenting(where)[g]]

Agree(s, f) ==
    /\ f > agreed[s]
    /\ agreed' = [agreed EXCEPT ![s] = f]
    /\ yes' = [yes EXCEPT ![f] = @ \cup {s}]
    /\ at' = IF GivesUp THEN [at EXCEPT ![s] = Nowhere] ELSE at
    /\ Hear(at')
    /\ UNCHANGED <<written, placed>>

Write(f) ==
    /\ f \notin written
    /\ Enough(yes[f])
    /\ written' = written \cup {f}
    /\ UNCHANGED <<at, agreed, yes, consents, placed>>

TakeSeat(s, f) ==
    /\ f \in written
    /\ s \in yes[f]
    /\ at[s] # f
    /\ LatestAgreement => agreed[s] = f
    /\ at' = [at EXCEPT ![s] = f]
    /\ Hear(at')
    /\ UNCHANGED <<agreed, yes, written, placed>>

\* The shard gets a home by a quorum write; from then on time has ended all consents that are older than the wait.
Place(f, waits) ==
    /\ f # 0
    /\ f \notin placed
    /\ Enough({s \in Seeds : at[s] = f})
    /\ placed' = placed \cup {f}
    /\ consents' = IF waits THEN Consenting(at) ELSE consents
    /\ UNCHANGED <<at, agreed, yes, written>>

Init ==
    /\ at = [s \in Seeds |-> 0]
    /\ agreed = [s \in Seeds |-> 0]
    /\ yes = [f \in 1..Foundings |-> {}]
    /\ written = {}
    /\ consents = Consenting(at)
    /\ placed = {0}

Next ==
    \E f \in 1..Foundings :
        \/ \E s \in Seeds : Agree(s, f) \/ TakeSeat(s, f)
        \/ Write(f)
        \/ Place(f, FounderWaits)
        \/ Place(f, SuccessorWaits)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Seeds)

Serves(g) == g \in placed /\ Enough(consents[g])
OneHome == \A g, f \in Clusters : Serves(g) /\ Serves(f) => g = f
=============================================================================
