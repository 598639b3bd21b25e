import io, time, resource, random
from tests.cast import *
from accounts.access import Scope
from accounts.models import *
from villages.imports import difference, confirming, undoing
from villages.areas import load_areas
import pytest
pytestmark = pytest.mark.django_db
def test_it(world):
    load_areas()
    subs = [c for c in Area.objects.filter(abolished_on=None).of_level(6).values_list("code", flat=True)][:1000]
    lines = ["รหัสหมู่บ้าน,จังหวัด,หมู่ที่,ชื่อหมู่บ้าน,ชื่ออื่น,ละติจูด,ลองจิจูด"]
    for i in range(15_000):
        s = subs[i // 30 % 1000]; m = i % 30 + 1
        bad = i % 1 == 1
        lines.append(f"{s}{m:02d},,ม.{m},บ้านทดสอบ {i},,{14+i%5}.{i%100},{100+i%4}.5")
    text = "\n".join(lines)
    import cProfile, pstats
    t=time.time()
    b = difference.take_in(file=io.BytesIO(text.encode()), name="x.csv", kind="villages", by=None, at=NOW)
    print("read", time.time()-t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024); t=time.time()
    pr = cProfile.Profile(); 
    import os
    if os.environ.get("PROF"): pr.enable()
    difference.check(b, allowed=Scope(True, frozenset()), by=None, at=NOW)
    if os.environ.get("PROF"): pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
    print("check", time.time()-t, b.counts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024); t=time.time()
    print([ (r.label, r.problems) for r in b.rows.filter(outcome="problem")[:3]])
    confirming.write(b, by=None, at=NOW)
    print("confirm", time.time()-t, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss//1024)
