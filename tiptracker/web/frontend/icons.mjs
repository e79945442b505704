// The icons in img/sprite.svg: our name on the left, the design system's file on the right.
// The icon of a status has the name of its stored value, such as `reported_done`.
// If the design system has no such icon, the drawing itself is here (24 by 24).

const halfCircle = '<path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 18V4a8 8 0 0 1 0 16z"/>';

export const icons = {
  // status of a commitment
  open: "radio_button_unchecked",
  overdue: "schedule",
  with_embassy: "hourglass_empty",
  reported_done: "hourglass_empty",
  verified_done: "verified",
  withdrawn: "do_not_disturb",

  // status of a request for information, and of its lines
  asked: "help_outline",
  partly_answered: halfCircle,
  answered: "check",
  none: "highlight_off",

  // status of a dialogue
  planned: "event",
  today: "alarm",
  to_be_recorded: "edit",
  held: "check",
  called_off: "do_not_disturb",

  // the embassy's assessment of a benchmark
  met: "check_circle",
  concrete_step: "trending_up",
  stalled: "remove_circle",
  no_information: "help_outline",
  going_backwards: "trending_down",

  // result of a part of readiness
  shown: "check_circle",
  partly_shown: halfCircle,
  not_shown: "highlight_off",
  no_data: "help_outline",

  // review of a submission
  verified: "verified",
  claimed: "hourglass_empty",
  waiting: "hourglass_empty",
  returned: "undo",
  accepted: "check",
  rejected: "cancel",

  // what a ministry reports about itself
  not_started: "radio_button_unchecked",
  under_way: "autorenew",
  done: "check",

  // background work
  queued: "hourglass_empty",
  running: "autorenew",
  ready: "check_circle",
  failed: "error",
  clearing: "autorenew",
  issued: "verified",

  // a part of the installation; `failed` stands above
  ok: "check_circle",
  attention: "warning",

  // objects and actions
  back: "arrow_back",
  close: "close",
  download: "file_download",
  menu: "menu",
  notifications: "notifications",
  next: "navigate_next",
  previous: "navigate_before",
};
