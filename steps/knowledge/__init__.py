"""The knowledge record (องค์ความรู้): drafted from what was recorded, shown, printed, as Word."""
