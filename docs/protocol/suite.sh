#!/bin/bash
# The full run: every line must say "ok". Usage: ./suite.sh > suite.log   (two JVMs side by side, about 8 GB each at most)
cd "$(dirname "$0")"; [ -d bin ] || javac -d bin Check.java
J="java -Xmx9g -cp bin Check"
(
# create, update that moves to another day, delete; full and thin, in every order
$J hist=CUD places=ABA crash=1 lost=1 rej=1 steal=1 stream="1 2 3,2 1 3,1 3 2,3 1 2,2 3 1,3 2 1"
# undelete
$J hist=CDC places=AAB crash=1 lost=1 rej=1 steal=1 stream="1 2 3,1 3 2,1 3t 2 3t"
$J hist=CUDC places=ABAB crash=1 lost=1 rej=0 steal=1 stream="1 2 3 4,1 3 2 4,1 4 3 2,1 2 4 3"
# deleted again while a call that makes it again is open
$J hist=CDCD places=AAAA crash=1 lost=0 rej=0 steal=1 stream="1 2 3 4,1 2 4 3,1 2 3t 4"
$J hist=CDCD places=AAAA crash=1 lost=1 rej=0 steal=0 stream="1 2 3 4,1 2 4 3,1 2 3t 4"
$J hist=CDCD places=AAAA crash=0 lost=0 rej=1 steal=1 stream="1 2 3 4,1 2 4 3"
$J hist=CDCD places=AABB crash=2 lost=1 rej=0 steal=0 stream="1 2 3 4,1 3 2 4"
# two consumers (a wake-up whose visibility ran out), the DLQ, un-park against arrivals
$J roles=SCC hist=CUU places=ABA crash=1 lost=0 rej=2 vis=1 stream="1 2 3"
$J roles=SCC hist=CUD places=ABA crash=0 lost=1 rej=2 vis=1 stream="1 2 3,2 1 3"
$J roles=SC hist=CUUU places=ABAA crash=1 lost=1 rej=2 stream="1 2 3 4"
# thin events: the budgets split over three runs (all of them at once does not fit)
$J hist=CUD places=ABA crash=1 lost=1 rej=0 steal=1 stream="1t 2t 3"
$J hist=CUU places=ABA crash=1 lost=0 rej=1 steal=1 fold=0 stream="1t 2t 3t"
$J hist=CU places=AB crash=1 lost=1 rej=1 steal=1 stream="1t 2t,2t 1"
# a drain that folds differently each time
$J vfold=1 roles=SC hist=CUU places=ABA crash=1 lost=1 rej=2 stream="1 2 3"
$J vfold=1 roles=SCC hist=CUU places=AAA crash=0 lost=1 rej=2 vis=1 stream="1 2 3"
) > suite1.log 2>&1 &
(
# create, two updates that move there and back
$J hist=CUU places=ABA crash=1 lost=1 rej=1 steal=1 stream="1 2 3,2 1 3,3 1 2"
# nobody ever redrives: DEAD is an allowed end, unless an event came that no wake-up saw
$J redrive=0 sweep=1 roles=SC hist=CUU places=AAA crash=1 rej=3 stream="1 2 3"
$J redrive=0 sweep=1 roles=SSC hist=CU places=AA crash=1 rej=3 steal=1 fold=0 stream="1 2"
$J redrive=0 sweep=1 roles=SCC hist=CU places=AA crash=1 rej=3 vis=1 fold=0 stream="1 2"
$J redrive=0 sweep=1 roles=SCC hist=CUU places=AAA crash=0 rej=3 vis=1 stream="1 2 3"
# more of each fault on a shorter history
$J hist=CU places=AB crash=2 lost=1 rej=1 steal=1 stream="1 2,2 1"
$J hist=CU places=AB crash=1 lost=2 rej=1 steal=1 stream="1 2,2 1"
$J hist=CU places=AB crash=1 lost=1 rej=2 steal=1 stream="1 2,2 1 2"
$J hist=CU places=AB crash=1 lost=1 rej=1 steal=2 stream="1 2"
$J hist=CD places=AA crash=2 lost=1 rej=1 steal=1 stream="1 2,2 1,1t 2"
# duplicates
$J hist=CUD places=ABA crash=1 lost=0 rej=1 steal=1 stream="1 1 2 3,1 2 2 3,1 2 3 2,1 2 3 3"
$J hist=CUD places=ABA crash=1 lost=1 rej=0 steal=1 stream="1 1 2 3,1 2 3 2,1 2 3 1"
# with the verify event that a superseded worker publishes
$J hist=CU places=AB crash=1 lost=1 rej=1 steal=1 stream="1 2 V"
$J hist=CUD places=ABA crash=1 lost=1 rej=0 steal=1 stream="1 2 3 V"
# a look-up that once fails to show what is there, against the rule of two looks
$J hist=CU places=AB crash=1 lost=1 rej=0 steal=1 lies=1 confirm=1 stream="1 2"
# assumption A1 broken: only the state at rest is checked (strict=0); self-repair, then reconcile
$J strict=0 hist=CU places=AB steal=1 lost=1 lateApply=1 recon=1 crash=1 stream="1 2 V"
$J strict=0 hist=CU places=AB steal=1 lateSend=1 stream="1 2 V"
$J strict=0 hist=CU places=AB steal=1 lateApply=1 stream="1 2 V"
$J strict=0 hist=CUD places=ABA steal=1 lateSend=1 recon=1 crash=1 stream="1 2 3 V"
) > suite2.log 2>&1 &
wait
cat suite1.log suite2.log
