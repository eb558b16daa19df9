-- For how many days an organization's events, deliveries and attempts are kept, where that is shorter than the recorder keeps
-- them (RECORDER_LOG_DAYS); null: as long. The lower bound is that of the setting.
alter table organizations add column log_days integer check (log_days between 3 and 3650);
