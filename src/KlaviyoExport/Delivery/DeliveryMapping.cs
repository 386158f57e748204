using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Delivery;

internal sealed class DeliveryMapping :
    IEntityTypeConfiguration<Run>, IEntityTypeConfiguration<Batch>, IEntityTypeConfiguration<BatchPayload>,
    IEntityTypeConfiguration<Rejection>, IEntityTypeConfiguration<RunEvent>, IEntityTypeConfiguration<Delivered>,
    IEntityTypeConfiguration<ListCheck>, IEntityTypeConfiguration<ListDifference>, IEntityTypeConfiguration<RunClaim>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.HasOne(run => run.Export).WithMany().HasForeignKey(run => run.ExportId).OnDelete(DeleteBehavior.Cascade);
        builder.ComplexProperty(run => run.Ledger);
        builder.HasIndex(run => new { run.ExportId, run.QueuedAt });
        // The latest run of an export, and the latest that succeeded: asked for every row of a list.
        builder.HasIndex(run => new { run.ExportId, run.Id });
        builder.HasIndex(run => new { run.ExportId, run.State, run.FinishedAt });
        builder.HasIndex(run => run.State);
        // What retention looks for.
        builder.HasIndex(run => run.FinishedAt);
        builder.HasIndex(run => run.ActiveExportId).IsUnique();
        builder.Property(run => run.AccountId).HasMaxLength(40);
        builder.Property(run => run.ListId).HasMaxLength(40);
        builder.Property(run => run.RetriesReasons).IsJson();
    }

    public void Configure(EntityTypeBuilder<RunClaim> builder)
    {
        builder.HasKey(claim => claim.AccountId);
        builder.Property(claim => claim.AccountId).HasMaxLength(40);
        builder.Property(claim => claim.Holder).IsConcurrencyToken();
        builder.Property(claim => claim.Node).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<Batch> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(batch => batch.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(batch => batch.Payload).WithOne().HasForeignKey<BatchPayload>(payload => payload.BatchId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(batch => new { batch.RunId, batch.Number }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<BatchPayload> builder)
    {
        builder.HasKey(payload => payload.BatchId);
        builder.Property(payload => payload.BatchId).ValueGeneratedNever();
    }

    public void Configure(EntityTypeBuilder<Rejection> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(rejection => rejection.RunId).OnDelete(DeleteBehavior.Cascade);
        // Counting one twice is a bug the store refuses.
        builder.HasIndex(rejection => new { rejection.RunId, rejection.Ordinal }).IsUnique();
        builder.HasIndex(rejection => new { rejection.RunId, rejection.Reason });
    }

    public void Configure(EntityTypeBuilder<RunEvent> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(line => line.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(line => new { line.RunId, line.Id });
    }

    public void Configure(EntityTypeBuilder<Delivered> builder)
    {
        builder.HasKey(delivered => new { delivered.ExportId, delivered.EmailHash });
        builder.HasOne<Exports.Export>().WithMany().HasForeignKey(delivered => delivered.ExportId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(delivered => delivered.EmailHash).HasMaxLength(16);
        builder.HasIndex(delivered => delivered.LeavingRunId);
    }

    public void Configure(EntityTypeBuilder<ListCheck> builder)
    {
        builder.HasOne<Run>().WithMany().HasForeignKey(check => check.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(check => new { check.RunId, check.Id });
        builder.HasIndex(check => check.State);
    }

    public void Configure(EntityTypeBuilder<ListDifference> builder)
    {
        builder.HasOne<ListCheck>().WithMany().HasForeignKey(difference => difference.CheckId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(difference => new { difference.CheckId, difference.Kind, difference.Id });
        builder.Property(difference => difference.KlaviyoId).HasMaxLength(40);
    }
}
