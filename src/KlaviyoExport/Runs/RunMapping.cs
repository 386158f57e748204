using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Runs;

internal sealed class RunMapping
    : IEntityTypeConfiguration<Run>,
        IEntityTypeConfiguration<RunClaim>,
        IEntityTypeConfiguration<Batch>,
        IEntityTypeConfiguration<BatchPayload>,
        IEntityTypeConfiguration<Rejection>,
        IEntityTypeConfiguration<FieldOutcome>,
        IEntityTypeConfiguration<RunEvent>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.ToTable("Runs");
        builder.ComplexProperty(run => run.Ledger, ledger => ledger.Ignore(counts => counts.Unsettled));
        builder.HasIndex(run => new { run.ExportId, run.QueuedAt });
        // The latest run of an export, and the latest that succeeded: asked for every row of a list.
        builder.HasIndex(run => new { run.ExportId, run.Id });
        builder.HasIndex(run => new
        {
            run.ExportId,
            run.State,
            run.FinishedAt,
        });
        builder.HasIndex(run => run.State);
        // What retention looks for.
        builder.HasIndex(run => run.FinishedAt);
        builder.HasIndex(run => run.ActiveExportId).IsUnique();
        builder.Property(run => run.AccountId).HasMaxLength(40);
        builder.Property(run => run.ListId).HasMaxLength(40);
        builder.Property(run => run.RetriesReasons).IsJson();
        builder.Property(run => run.Reading).IsJson();
        builder.Property(run => run.SourceReading).IsJson();
    }

    public void Configure(EntityTypeBuilder<RunClaim> builder)
    {
        builder.ToTable("RunClaims");
        builder.HasKey(claim => claim.AccountId);
        builder.Property(claim => claim.AccountId).HasMaxLength(40);
        builder.Property(claim => claim.Node).HasMaxLength(100);
    }

    public void Configure(EntityTypeBuilder<Batch> builder)
    {
        builder.ToTable("Batches");
        builder.HasOne<Run>().WithMany().HasForeignKey(batch => batch.RunId).OnDelete(DeleteBehavior.Cascade);
        builder
            .HasOne(batch => batch.Payload)
            .WithOne()
            .HasForeignKey<BatchPayload>(payload => payload.BatchId)
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(batch => new { batch.RunId, batch.Number }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<BatchPayload> builder)
    {
        builder.HasKey(payload => payload.BatchId);
        builder.Property(payload => payload.BatchId).ValueGeneratedNever();
    }

    public void Configure(EntityTypeBuilder<Rejection> builder)
    {
        builder.ToTable("Rejections");
        builder.HasOne<Run>().WithMany().HasForeignKey(rejection => rejection.RunId).OnDelete(DeleteBehavior.Cascade);
        // Counting one twice is a bug the store refuses.
        builder.HasIndex(rejection => new { rejection.RunId, rejection.Ordinal }).IsUnique();
        builder.HasIndex(rejection => new { rejection.RunId, rejection.Reason });
    }

    public void Configure(EntityTypeBuilder<FieldOutcome> builder)
    {
        builder.ToTable("FieldOutcomes");
        builder.HasOne<Run>().WithMany().HasForeignKey(outcome => outcome.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(outcome => outcome.RunId);
        builder.Property(outcome => outcome.Attribute).HasMaxLength(270);
        builder.Property(outcome => outcome.Examples).IsJson();
    }

    public void Configure(EntityTypeBuilder<RunEvent> builder)
    {
        builder.ToTable("RunEvents");
        builder.HasOne<Run>().WithMany().HasForeignKey(line => line.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(line => new { line.RunId, line.Id });
    }
}
