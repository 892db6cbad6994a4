------------------------------- MODULE Seats -------------------------------
(***************************************************************************)
(* Terms, promises, writes and the change of seats: is anything that was   *)
(* committed ever lost by a takeover? No time and no lease in here: every  *)
(* coordinator that was ever active may act at any later moment.           *)
(*                                                                         *)
(* Messages are not modelled one by one. What a coordinator has written is *)
(* a stream that any seat may read further at any moment, what a seat has  *)
(* acknowledged stays acknowledged; so delay, loss and repetition are all  *)
(* there. A lost promise is weaker than no promise at all, so it needs no  *)
(* action. Who is dead or cut off does nothing: that needs no action       *)
(* either. The second incarnation of a seed knows nothing at first. It may *)
(* run beside the first, so nothing in here rests on one process per       *)
(* address.                                                                *)
(***************************************************************************)
EXTENDS Naturals, Sequences, FiniteSets, TLC

CONSTANTS
    Pos,            \* the seats
    Terms,          \* how many coordinators there may be; the first founds
    LastWrites,     \* FALSE: the last one only takes over; nobody can lose what it would write
    SameNumber,     \* TRUE: the second and the third choose the same number
    Spare,          \* the seats whose seed is restarted once, at any moment
    EmptyAtFirst,   \* those of them that are empty when the cluster is founded, both incarnations yet to come
    MaxPlace,       \* placements, over all coordinators
    MaxChange,      \* changes of seats that are proposed, over all coordinators
    Pages,          \* TRUE: a seat may hold a snapshot in part
    \* the guards
    PromiseBinds,       \* a read is also a promise
    NumberOnce,         \* a seat promises a number to one node only
    ReadQuorum,         \* the map is known when a quorum was read
    WriteQuorum,        \* a write counts when a quorum has it
    QuorumOfSeats,      \* a quorum is more than half of the seats, not of the reachable ones
    TermChecked,        \* a seat refuses what is of a lower term than it has promised
    NewestConfig,       \* a candidate uses the newest configuration that it met
    TwoChanges,         \* empty first, then fill
    OldQuorumToo,       \* a change is committed by the old and the new configuration
    LearnFirst,         \* a seat is filled only when the newcomer has the whole map
    FilledFirst,        \* a restarted seed counts only when its seat is filled with it
    QuietFirst,         \* a change waits for all before, and all behind it for the change
    UniqueNumbers       \* the number of a configuration is that of its proposal, not the old one + 1

VARIABLES
    promised,       \* holder -> the candidate that it obeys, 0 is nobody
    store,          \* holder -> what it has accepted
    acked,          \* candidate -> holder -> how much of its stream that holder ever accepted
    read,           \* candidate -> what it has read, merged
    stream          \* candidate -> what it writes; a snapshot of two entries comes first

vars == <<promised, store, acked, read, stream>>

Cands == 1..Terms
Num == [c \in Cands |-> IF SameNumber /\ c > 2 THEN c - 1 ELSE c]
Holders == (Pos \X {1}) \cup (Spare \X {2})
Zero == <<0, 0>>
NumOf(c) == IF c = 0 THEN 0 ELSE Num[c]
Below(a, b) == a[1] < b[1] \/ (a[1] = b[1] /\ a[2] < b[2])
Max(a, b) == IF Below(a.at, b.at) THEN b ELSE a

NoCfg == [id |-> Zero, who |-> [p \in Pos |-> 0]]
FirstCfg == [id |-> <<Num[1], 1>>, who |-> [p \in Pos |-> IF p \in EmptyAtFirst THEN 0 ELSE 1]]
EmptyStore == [seats |-> [at |-> Zero, val |-> NoCfg], place |-> [at |-> Zero, val |-> Zero]]
FirstStore == [seats |-> [at |-> <<Num[1], 1>>, val |-> FirstCfg], place |-> [at |-> <<Num[1], 2>>, val |-> <<Num[1], 2>>]]
NoRead == [from |-> {}, what |-> EmptyStore, start |-> NoCfg]

(***************************************************************************)
(* Quorums                                                                 *)
(***************************************************************************)
Seats == Cardinality(Pos)

\* Whether those who have said yes are a quorum. If a restarted seed keeps its seat, any incarnation of it counts.
Enough(saidYes(_), cfg, strict) ==
    LET counts(p) == cfg.who[p] # 0
                     /\ IF FilledFirst THEN saidYes(<<p, cfg.who[p]>>) ELSE \E h \in Holders : h[1] = p /\ saidYes(h)
        n == Cardinality({p \in Pos : counts(p)})
    IN IF strict /\ QuorumOfSeats THEN 2 * n > Seats ELSE n > 0

CommittedItself(c, n) ==
    LET has(h) == acked[c][h] >= n
        e == stream[c][n]
    IN /\ Enough(has, e.cfg, WriteQuorum)
       /\ (n > 2 /\ e.key = "seats" /\ OldQuorumToo) => Enough(has, stream[c][n - 1].cfg, WriteQuorum)

Committed(c, n) == \E m \in n..Len(stream[c]) : CommittedItself(c, m)

Adopted(c) == stream[c] # <<>>
Active(c) == Adopted(c) /\ Committed(c, 2)
Quiet(c) == CommittedItself(c, Len(stream[c]))

(***************************************************************************)
(* Seats                                                                   *)
(***************************************************************************)
MayObey(h, c) ==
    \/ ~TermChecked
    \/ c = promised[h]
    \/ Num[c] > NumOf(promised[h])
    \/ ~NumberOnce /\ Num[c] = NumOf(promised[h])

Merge(a, b) == [seats |-> Max(a.seats, b.seats), place |-> Max(a.place, b.place)]

Promise(h, c) ==
    /\ ~Adopted(c)
    /\ h \notin read[c].from
    /\ FilledFirst => store[h].seats.at # Zero
    /\ MayObey(h, c)
    /\ promised' = IF PromiseBinds THEN [promised EXCEPT ![h] = c] ELSE promised
    /\ \E start \in IF NewestConfig \/ read[c].from # {} THEN {read[c].start}
                    ELSE {store[g].seats.val : g \in Holders} \ {NoCfg} :
        read' = [read EXCEPT ![c] = [from |-> read[c].from \cup {h},
                                     what |-> Merge(read[c].what, store[h]),
                                     start |-> start]]
    /\ UNCHANGED <<store, acked, stream>>

Applied(h, c, n) ==
    LET latest(key, old) ==
            LET at == {i \in (acked[c][h] + 1)..n : stream[c][i].key = key}
            IN IF at = {} THEN old
               ELSE LET i == CHOOSE i \in at : \A j \in at : j <= i
                    IN Max(old, [at |-> <<Num[c], i>>, val |-> stream[c][i].val])
    IN [seats |-> latest("seats", store[h].seats), place |-> latest("place", store[h].place)]

Accept(h, c, n) ==
    /\ n > acked[c][h]
    /\ Pages \/ n >= 2
    /\ MayObey(h, c)
    /\ promised' = [promised EXCEPT ![h] = c]
    /\ store' = [store EXCEPT ![h] = Applied(h, c, n)]
    /\ acked' = [acked EXCEPT ![c][h] = n]
    /\ UNCHANGED <<read, stream>>

(***************************************************************************)
(* Candidates and coordinators                                             *)
(***************************************************************************)
Adopt(c) ==
    LET newest == read[c].what.seats.val
        cfg == IF NewestConfig THEN newest ELSE read[c].start
        seats == [key |-> "seats", val |-> newest, cfg |-> cfg]
        place == [key |-> "place", val |-> read[c].what.place.val, cfg |-> cfg]
        answered(h) == h \in read[c].from
        inOrder == Below(read[c].what.seats.at, read[c].what.place.at)
    IN
    /\ ~Adopted(c)
    /\ read[c].what.seats.at # Zero
    /\ Enough(answered, cfg, ReadQuorum)
    /\ stream' = [stream EXCEPT ![c] = IF inOrder THEN <<seats, place>> ELSE <<place, seats>>]
    /\ read' = [read EXCEPT ![c] = NoRead]
    /\ UNCHANGED <<promised, store, acked>>

Written(key) ==
    Cardinality({<<c, i>> \in Cands \X (3..(2 + MaxPlace + MaxChange)) :
                    i <= Len(stream[c]) /\ stream[c][i].key = key})

LastCfg(c) == stream[c][Len(stream[c])].cfg

Write(c, key, val, cfg) ==
    /\ stream' = [stream EXCEPT ![c] = Append(@, [key |-> key, val |-> val, cfg |-> cfg])]
    /\ UNCHANGED <<promised, store, acked, read>>

NoChangeUnderWay(c) == \A i \in 3..Len(stream[c]) : stream[c][i].key = "seats" => Committed(c, i)

Place(c) ==
    /\ Active(c)
    /\ Written("place") < MaxPlace
    /\ QuietFirst => NoChangeUnderWay(c)
    /\ Write(c, "place", <<Num[c], Len(stream[c]) + 1>>, LastCfg(c))

Change(c, p) ==
    /\ Active(c)
    /\ Written("seats") < MaxChange
    /\ QuietFirst => Quiet(c)
    /\ LET cfg == LastCfg(c)
           id == IF UniqueNumbers THEN <<Num[c], Len(stream[c]) + 1>> ELSE <<Num[1], cfg.id[2] + 1>>
           next(i) == [id |-> id, who |-> [cfg.who EXCEPT ![p] = i]]
           empty == TwoChanges /\ cfg.who[p] = 1
           fill(i) == /\ cfg.who[p] = (IF TwoChanges THEN 0 ELSE 1)
                      /\ LearnFirst => acked[c][<<p, i>>] = Len(stream[c])
       IN \/ empty /\ Write(c, "seats", next(0), next(0))
          \/ \E i \in (IF p \in EmptyAtFirst THEN {1, 2} ELSE {2}) : fill(i) /\ Write(c, "seats", next(i), next(i))

Seated(h) == FirstCfg.who[h[1]] = h[2]

Init ==
    /\ promised = [h \in Holders |-> IF Seated(h) THEN 1 ELSE 0]
    /\ store = [h \in Holders |-> IF Seated(h) THEN FirstStore ELSE EmptyStore]
    /\ acked = [c \in Cands |-> [h \in Holders |-> IF c = 1 /\ Seated(h) THEN 2 ELSE 0]]
    /\ read = [c \in Cands |-> NoRead]
    /\ stream = [c \in Cands |-> IF c = 1 THEN <<
                   [key |-> "seats", val |-> FirstCfg, cfg |-> FirstCfg],
                   [key |-> "place", val |-> <<Num[1], 2>>, cfg |-> FirstCfg]>> ELSE <<>>]

Next ==
    \E c \in Cands :
        \/ Adopt(c)
        \/ \E h \in Holders : Promise(h, c)
        \/ /\ c < Terms \/ LastWrites
           /\ \/ Place(c)
              \/ \E p \in Spare : Change(c, p)
              \/ \E h \in Holders, n \in 1..Len(stream[c]) : Accept(h, c, n)

Spec == Init /\ [][Next]_vars

Symmetry == Permutations(Pos \ Spare)

(***************************************************************************)
(* What must hold                                                          *)
(***************************************************************************)
Snapshot(c, key) == LET i == CHOOSE i \in {1, 2} : stream[c][i].key = key IN stream[c][i].val

\* Whoever has taken over knows all that was ever committed under a lower number, however late it was committed.
NothingLost ==
    \A c, d \in Cands : (Adopted(c) /\ Adopted(d) /\ Num[c] < Num[d]) =>
        \A n \in 1..Len(stream[c]) : Committed(c, n) =>
            IF stream[c][n].key = "place" THEN ~Below(Snapshot(d, "place"), stream[c][n].val)
            ELSE ~Below(Snapshot(d, "seats").id, stream[c][n].val.id)

\* A number belongs to one coordinator.
OnePerNumber ==
    \A c, d \in Cands : (c # d /\ Num[c] = Num[d]) => ~(Adopted(c) /\ Adopted(d))
=============================================================================
