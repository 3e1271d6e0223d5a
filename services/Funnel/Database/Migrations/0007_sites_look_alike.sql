-- Statistics would tell the planner which sites were there when they were last made. Of any other site it expects one row,
-- and takes plans that cost the square of what there is, or any index that begins with the site. Without them it expects
-- the same share of every site: that is wrong of each, and right enough for all (decision 0031). The type stays; that it is
-- said forgets statistics of before. No table is written again for it, only the indexes of a condition or an expression are.
ALTER TABLE session_documents ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE session_facts ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE hour_totals ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE day_totals ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE day_revenue ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE day_visitors ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE funnel_days ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE funnel_visitors ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE bot_marks ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE revoked_ties ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE fact_columns ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE visitor_numbers ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
ALTER TABLE text_numbers ALTER COLUMN site_id TYPE text COLLATE "C", ALTER COLUMN site_id SET STATISTICS 0;
