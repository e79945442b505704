"""The calendar of an edition's year: milestones, dialogues and due dates."""
